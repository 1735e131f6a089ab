package org.example.orthant;

import dev.orthant.core.spi.ConstraintLaw;
import dev.orthant.core.spi.Reference;
import dev.orthant.core.spi.SubspaceConstraint;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * An adapter's A starts as the unit vectors of the features that are smallest in the other tasks,
 * by their mean square.
 */
public final class QuietInputsFactory implements SubspaceConstraintFactory<QuietInputsConfig> {

  @Override
  public String name() {
    return "quiet-inputs";
  }

  @Override
  public String summary() {
    return "A starts on the single features that are smallest in the other tasks";
  }

  @Override
  public QuietInputsConfig defaults() {
    return QuietInputsConfig.defaults();
  }

  /** What it was published in, or what its idea is from. */
  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "Unraveling LoRA Interference: Orthogonal Subspaces for Robust Model Merging",
            "2505.22934"));
  }

  @Override
  public SubspaceConstraint create(QuietInputsConfig config) {
    return new QuietInputs(config);
  }

  /** What the contract's tests hold it to. */
  @Override
  public Set<ConstraintLaw> laws() {
    return EnumSet.of(ConstraintLaw.ORTHONORMAL_ROWS, ConstraintLaw.SCALE_INVARIANT);
  }
}
