package dev.orthant.osrm;

import dev.orthant.core.spi.ConstraintLaw;
import dev.orthant.core.spi.Reference;
import dev.orthant.core.spi.SubspaceConstraint;
import dev.orthant.core.spi.SubspaceConstraint.Request;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A control for constraints that choose directions: rows of independent normal numbers from the
 * site's seeded random numbers. Their lengths vary by 1 / sqrt(2 dIn) of their root mean square,
 * which is what {@code row_norm} sets. Statistics are needed only by a hold that refers to the
 * other tasks.
 */
public final class GaussianFactory implements SubspaceConstraintFactory<GaussianConfig> {

  /** For {@link java.util.ServiceLoader}. */
  public GaussianFactory() {}

  @Override
  public String name() {
    return "gaussian";
  }

  @Override
  public String summary() {
    return "A starts as random normal rows: a control";
  }

  @Override
  public GaussianConfig defaults() {
    return GaussianConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of();
  }

  @Override
  public SubspaceConstraint create(GaussianConfig config) {
    return new HeldConstraint(
        name(),
        Set.of(),
        config.hold(),
        new OtherTasks(config.weighting(), false),
        1,
        request ->
            Rows.gaussian(request.random(), request.rank(), request.site().dIn())
                .times(standardDeviation(config, request)));
  }

  @Override
  public Set<ConstraintLaw> laws() {
    return EnumSet.of(ConstraintLaw.SCALE_INVARIANT);
  }

  private static double standardDeviation(GaussianConfig config, Request request) {
    Double rowNorm = config.rowNorm();
    return rowNorm == null ? 1.0 / request.rank() : rowNorm / Math.sqrt(request.site().dIn());
  }
}
