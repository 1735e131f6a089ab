package dev.orthant.osrm;

import dev.orthant.core.spi.ConstraintLaw;
import dev.orthant.core.spi.Reference;
import dev.orthant.core.spi.SubspaceConstraint;
import dev.orthant.core.spi.SubspaceConstraint.Need;
import dev.orthant.core.spi.SubspaceConstraint.Request;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The contrastive variant of OSRM: an adapter's A starts where this task's features vary most for
 * the least of the other tasks'.
 *
 * <p>With S_own [dIn, dIn] the second moment of this task's features at a module and S the mean of
 * the other tasks', the rows of A span the eigenvectors v of the rank largest eigenvalues of
 *
 * <pre>
 *   S_own v = lambda (S + ridge * trace(S) / dIn * I) v
 * </pre>
 *
 * <p>These are not orthogonal to each other; A is Q of the QR decomposition of their matrix, so
 * that its first k rows span the first k of them. Where the others' features are all zero, S and
 * its ridge give way to the identity. Everything is computed in double precision.
 *
 * <p>Not published in this form; the paper named is that of the method it varies.
 */
public final class OsrmContrastiveFactory
    implements SubspaceConstraintFactory<OsrmContrastiveConfig> {

  /** For {@link java.util.ServiceLoader}. */
  public OsrmContrastiveFactory() {}

  @Override
  public String name() {
    return "osrm-contrastive";
  }

  @Override
  public String summary() {
    return "A in the directions of most of this task's features for least of the others'";
  }

  @Override
  public OsrmContrastiveConfig defaults() {
    return OsrmContrastiveConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return new OsrmFactory().references();
  }

  @Override
  public SubspaceConstraint create(OsrmContrastiveConfig config) {
    OtherTasks others = new OtherTasks(config.weighting(), config.centred());
    return new HeldConstraint(
        name(),
        EnumSet.of(Need.OWN, Need.OTHERS),
        config.hold(),
        others,
        config.rowNorm(),
        request -> rows(config, others, request));
  }

  @Override
  public Set<ConstraintLaw> laws() {
    return EnumSet.of(ConstraintLaw.ORTHONORMAL_ROWS, ConstraintLaw.SCALE_INVARIANT);
  }

  private static Rows rows(OsrmContrastiveConfig config, OtherTasks others, Request request) {
    int d = request.site().dIn();
    FeatureStatistics own = request.own().orElseThrow();
    double[] wanted = config.centred() ? own.covariance() : own.secondMoment();
    double[] avoided = withRidge(others.meanMoment(request), d, config.ridge());
    return GeneralisedEigenvectors.leading(wanted, avoided, d, request.rank())
        .orthonormalised(request.random())
        .withLargestPositive();
  }

  private static double[] withRidge(double[] moment, int d, double ridge) {
    double trace = 0;
    for (int i = 0; i < d; i++) {
      trace += moment[i * d + i];
    }
    double added = trace > 0 ? ridge * trace / d : 1;
    for (int i = 0; i < d; i++) {
      moment[i * d + i] += added;
    }
    return moment;
  }
}
