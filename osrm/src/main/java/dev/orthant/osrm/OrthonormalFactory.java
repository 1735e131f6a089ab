package dev.orthant.osrm;

import dev.orthant.core.spi.ConstraintLaw;
import dev.orthant.core.spi.Reference;
import dev.orthant.core.spi.SubspaceConstraint;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A control for constraints that choose directions: orthonormal rows, uniform under rotation, drawn
 * from the site's seeded random numbers. Statistics are needed only by a hold that refers to the
 * other tasks.
 */
public final class OrthonormalFactory implements SubspaceConstraintFactory<OrthonormalConfig> {

  /** For {@link java.util.ServiceLoader}. */
  public OrthonormalFactory() {}

  @Override
  public String name() {
    return "orthonormal";
  }

  @Override
  public String summary() {
    return "A starts as random orthonormal rows: a control";
  }

  @Override
  public OrthonormalConfig defaults() {
    return OrthonormalConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of();
  }

  @Override
  public SubspaceConstraint create(OrthonormalConfig config) {
    return new HeldConstraint(
        name(),
        Set.of(),
        config.hold(),
        new OtherTasks(config.weighting(), false),
        config.rowNorm(),
        request ->
            Rows.gaussian(request.random(), request.rank(), request.site().dIn())
                .orthonormalised(request.random()));
  }

  @Override
  public Set<ConstraintLaw> laws() {
    return EnumSet.of(ConstraintLaw.ORTHONORMAL_ROWS, ConstraintLaw.SCALE_INVARIANT);
  }
}
