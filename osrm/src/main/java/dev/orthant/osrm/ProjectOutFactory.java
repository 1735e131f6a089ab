package dev.orthant.osrm;

import dev.orthant.core.lowrank.Compression;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.LowRank;
import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.spi.DeltaTransform;
import dev.orthant.core.spi.DeltaTransformFactory;
import dev.orthant.core.spi.Reference;
import dev.orthant.core.spi.SubspaceConstraint.Request;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Takes out of a delta what it does along the directions that the other inputs' features use most.
 *
 * <p>With Q [k, dIn] the fewest leading eigenvectors of the others' mean second moment that hold
 * the share {@code energy} of its trace, a delta D [dOut, dIn] becomes
 *
 * <pre>
 *   D (I - Q'Q)
 * </pre>
 *
 * <p>and then, if a rank is asked for, its best approximation of that rank. A low-rank delta keeps
 * its factor B and its rank; for it nothing but A changes. Unlike a projection onto a few
 * directions, this keeps what the others do not use.
 *
 * <p>It is what gradient projection does at each step of a continual training (Saha, Garg and Roy,
 * "Gradient Projection Memory for Continual Learning", ICLR 2021), done once to the result.
 */
public final class ProjectOutFactory implements DeltaTransformFactory<ProjectOutConfig> {

  /** For {@link java.util.ServiceLoader}. */
  public ProjectOutFactory() {}

  @Override
  public String name() {
    return "project-out";
  }

  @Override
  public String summary() {
    return "takes the other inputs' leading feature directions out of a delta";
  }

  @Override
  public ProjectOutConfig defaults() {
    return ProjectOutConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference("Gradient Projection Memory for Continual Learning", "2103.09762"));
  }

  @Override
  public DeltaTransform create(ProjectOutConfig config) {
    return new Retrofit(
        name(),
        tensor -> new SplittableRandom(0), // draws nothing
        (delta, request) -> transformed(config, delta, request));
  }

  private static DeltaTransform.Result transformed(
      ProjectOutConfig config, Delta delta, Request request) {
    int d = request.site().dIn();
    double[] moment = new OtherTasks(config.weighting(), false).meanMoment(request);
    Rows rows = LeadingEigenvectors.holding(moment, d, config.energy(), d);
    Matrix q = new Matrix(rows.count(), d, rows.values());
    double norm = delta.norm();
    double lost = Retrofit.along(delta, q).norm(); // across what is left, so squares add up
    Delta left = across(delta, q);
    Integer rank = config.rank();
    if (rank != null) {
      double whole = left.norm();
      Compression compressed = LowRank.compress(left, rank, 1.0);
      left = compressed.delta();
      lost = Math.hypot(lost, compressed.relativeError() * whole);
    }
    return new DeltaTransform.Result(left, norm == 0 ? 0 : Math.min(1, lost / norm));
  }

  /** {@code D (I - Q'Q)}, in the form that D has. */
  private static Delta across(Delta delta, Matrix q) {
    if (delta instanceof LoraDelta lora) {
      return new LoraDelta(lora.b(), across(Matrix.of("A", lora.a()), q).toArray(), lora.scaling());
    }
    return new DenseDelta(across(Matrix.of("delta", delta.dense()), q).toArray());
  }

  private static Matrix across(Matrix rows, Matrix q) {
    return rows.plus(-1, rows.timesTranspose(q).times(q));
  }
}
