package dev.orthant.osrm;

import dev.orthant.core.spi.ConstraintLaw;
import dev.orthant.core.spi.Reference;
import dev.orthant.core.spi.SubspaceConstraint;
import dev.orthant.core.spi.SubspaceConstraint.Need;
import dev.orthant.core.spi.SubspaceConstraint.Request;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What the code published with OSRM does: A starts across the means of the other tasks' features.
 *
 * <p>With M [tasks, dIn] the matrix whose rows are the other tasks' mean features at a module, the
 * rows of A are the right singular vectors of M's smallest singular values. With fewer tasks than
 * features nearly all of these are zero, and any rows in M's null space will do. The authors'
 * choice among them is whatever their library returns; here it is drawn, uniformly under rotation,
 * from the site's seeded random numbers. Where the null space has fewer dimensions than A has rows,
 * the whole of it and the directions of the smallest singular values beyond are taken.
 *
 * <p>Zhang and Zhou, "Unraveling LoRA Interference: Orthogonal Subspaces for Robust Model Merging",
 * ACL 2025, whose text decomposes the full covariance instead; see {@link OsrmFactory}.
 */
public final class OsrmMeansFactory implements SubspaceConstraintFactory<OsrmMeansConfig> {

  /** For {@link java.util.ServiceLoader}. */
  public OsrmMeansFactory() {}

  @Override
  public String name() {
    return "osrm-means";
  }

  @Override
  public String summary() {
    return "A starts across the means of the other tasks' features, as OSRM's code has it";
  }

  @Override
  public OsrmMeansConfig defaults() {
    return OsrmMeansConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return new OsrmFactory().references();
  }

  @Override
  public SubspaceConstraint create(OsrmMeansConfig config) {
    return new HeldConstraint(
        name(),
        EnumSet.of(Need.OTHERS),
        config.hold(),
        new OtherTasks(config.weighting(), false),
        config.rowNorm(),
        OsrmMeansFactory::rows);
  }

  @Override
  public Set<ConstraintLaw> laws() {
    return EnumSet.of(ConstraintLaw.ORTHONORMAL_ROWS, ConstraintLaw.SCALE_INVARIANT);
  }

  static Rows rows(Request request) {
    int d = request.site().dIn();
    Rows means = means(request, d);
    if (means.count() + request.rank() > d) {
      double[] gram = means.gram(); // M'M
      return new Rows(SmallestEigenvectors.of(gram, d, request.rank()), d);
    }
    return Rows.gaussian(request.random(), request.rank(), d)
        .orthonormalisedAcross(means.spanned(), request.random());
  }

  private static Rows means(Request request, int d) {
    double[] means = new double[request.others().size() * d];
    for (int t = 0; t < request.others().size(); t++) {
      System.arraycopy(request.others().get(t).mean(), 0, means, t * d, d);
    }
    return new Rows(means, d);
  }
}
