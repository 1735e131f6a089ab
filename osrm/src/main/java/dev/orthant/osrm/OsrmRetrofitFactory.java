package dev.orthant.osrm;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.spi.DeltaTransform;
import dev.orthant.core.spi.DeltaTransformFactory;
import dev.orthant.core.spi.Reference;
import dev.orthant.core.spi.SubspaceConstraint.Request;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What the authors of OSRM do with models that were trained without it: a delta D [dOut, dIn] is
 * replaced by
 *
 * <pre>
 *   B A,  B = D pinv(A), which is D A' as the rows of A are orthonormal
 * </pre>
 *
 * <p>where A [rank, dIn] is OSRM's basis for the other inputs' features. This is D's projection
 * onto the span of A: everything else of D is lost, which at rank 8 of 384 dimensions is most of
 * it. The relative error says how much; the share of the energy that is kept is 1 less its square.
 * The result's scaling is 1, so that nothing is multiplied twice.
 *
 * <p>Zhang and Zhou, "Unraveling LoRA Interference: Orthogonal Subspaces for Robust Model Merging",
 * ACL 2025.
 */
public final class OsrmRetrofitFactory implements DeltaTransformFactory<OsrmRetrofitConfig> {

  /** For {@link java.util.ServiceLoader}. */
  public OsrmRetrofitFactory() {}

  @Override
  public String name() {
    return "osrm-retrofit";
  }

  @Override
  public String summary() {
    return "projects a delta onto OSRM's basis for the other inputs, as OSRM's code does";
  }

  @Override
  public OsrmRetrofitConfig defaults() {
    return OsrmRetrofitConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return new OsrmFactory().references();
  }

  @Override
  public DeltaTransform create(OsrmRetrofitConfig config) {
    return new Retrofit(
        name(),
        tensor -> new SplittableRandom(CounterRandom.seed(config.seed(), name(), tensor)),
        (delta, request) -> projected(delta, basis(config, request)));
  }

  /** The delta's projection onto orthonormal rows [rank, dIn]. */
  static DeltaTransform.Result projected(Delta delta, Rows basis) {
    Matrix a = new Matrix(basis.count(), basis.d(), basis.values());
    Matrix b = Retrofit.along(delta, a); // [dOut, rank]
    double norm = delta.norm();
    double kept = norm == 0 ? 1 : Math.min(1, b.norm() / norm);
    return new DeltaTransform.Result(
        new LoraDelta(b.toArray(), a.toArray(), 1), Math.sqrt(1 - kept * kept));
  }

  private static Rows basis(OsrmRetrofitConfig config, Request any) {
    int d = any.site().dIn();
    Request request =
        new Request(any.site(), Math.min(config.rank(), d), any.own(), any.others(), any.random());
    return switch (config.basis()) {
      case SECOND_MOMENT ->
          new Rows(
              SmallestEigenvectors.of(
                  new OtherTasks(config.weighting(), false).meanMoment(request), d, request.rank()),
              d);
      case MEANS -> OsrmMeansFactory.rows(request);
    };
  }
}
