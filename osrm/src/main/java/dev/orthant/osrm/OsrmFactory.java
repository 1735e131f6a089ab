package dev.orthant.osrm;

import dev.orthant.core.spi.ConstraintLaw;
import dev.orthant.core.spi.Reference;
import dev.orthant.core.spi.SubspaceConstraint;
import dev.orthant.core.spi.SubspaceConstraint.Need;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * OSRM: an adapter's A starts where the features of the other tasks are smallest, so that it hardly
 * answers to them once adapters are merged.
 *
 * <p>With S_t [dIn, dIn] the second moment of task t's features at a module, the rows of A are the
 * eigenvectors of the rank smallest eigenvalues of
 *
 * <pre>
 *   S = mean of S_t over the other tasks t
 * </pre>
 *
 * which minimises the interference {@code trace(A S A') = mean ||A x||^2} over all A with
 * orthonormal rows. By default each task weighs the same whatever its number of tokens. Everything
 * is computed in double precision. An eigenvector's sign is chosen such that its element of largest
 * magnitude (the first one if several are) is positive; where eigenvalues coincide, which of their
 * eigenvectors are taken is up to LAPACK.
 *
 * <p>Zhang and Zhou, "Unraveling LoRA Interference: Orthogonal Subspaces for Robust Model Merging",
 * ACL 2025. The authors' code decomposes the tasks' mean vectors instead, padding included, so that
 * with fewer tasks than features all of A is an arbitrary choice in their null space.
 */
public final class OsrmFactory implements SubspaceConstraintFactory<OsrmConfig> {

  /** For {@link java.util.ServiceLoader}. */
  public OsrmFactory() {}

  @Override
  public String name() {
    return "osrm";
  }

  @Override
  public String summary() {
    return "A starts in the directions in which the other tasks' features are smallest";
  }

  @Override
  public OsrmConfig defaults() {
    return OsrmConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "Unraveling LoRA Interference: Orthogonal Subspaces for Robust Model Merging",
            "2505.22934"));
  }

  @Override
  public SubspaceConstraint create(OsrmConfig config) {
    OtherTasks others = new OtherTasks(config.weighting(), config.centred());
    return new HeldConstraint(
        name(),
        Set.of(Need.OTHERS),
        config.hold(),
        others,
        config.rowNorm(),
        request -> {
          int d = request.site().dIn();
          return new Rows(
              SmallestEigenvectors.of(others.meanMoment(request), d, request.rank()), d);
        });
  }

  @Override
  public Set<ConstraintLaw> laws() {
    return EnumSet.allOf(ConstraintLaw.class);
  }
}
