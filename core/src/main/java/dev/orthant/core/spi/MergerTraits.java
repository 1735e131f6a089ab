package dev.orthant.core.spi;

import java.util.Set;

/**
 * What a merger needs and how it can be run.
 *
 * @param granularity how much it has to see at once
 * @param needs what must be there before it starts; a run without it is refused
 * @param spaces in which spaces the rule is meaningful
 * @param minInputs the least number of inputs
 * @param maxInputs the greatest number of inputs
 * @param surveys whether {@link Merger#survey} must see all tensors before the first is merged
 * @param weighted whether inputs may have weights other than 1; a run is refused otherwise
 */
public record MergerTraits(
    Granularity granularity,
    Set<Need> needs,
    Set<Space> spaces,
    int minInputs,
    int maxInputs,
    boolean surveys,
    boolean weighted) {

  /** The traits of a rule that heeds weights. */
  public MergerTraits(
      Granularity granularity,
      Set<Need> needs,
      Set<Space> spaces,
      int minInputs,
      int maxInputs,
      boolean surveys) {
    this(granularity, needs, spaces, minInputs, maxInputs, surveys, true);
  }

  /** The same for a rule that has no use for weights. */
  public MergerTraits unweighted() {
    return new MergerTraits(granularity, needs, spaces, minInputs, maxInputs, surveys, false);
  }

  /** How much of a model a merger has to see at once. */
  public enum Granularity {
    /** Any block of a tensor's elements at a time (after a survey, if it asks for one). */
    ELEMENT,
    /** One whole tensor at a time. */
    MATRIX,
    /** The result for one tensor depends on the others. */
    MODEL
  }

  /** What a merger may need beyond the inputs. */
  public enum Need {
    /**
     * Inputs relative to a base. Adapters are; checkpoints need the weights that they were
     * fine-tuned from.
     */
    TASK_VECTORS,
    /** The values of the weights that the inputs were fine-tuned from. */
    BASE,
    /** Each input's Gram matrices. */
    GRAM,
    /** Each input's diagonal Fisher information. */
    FISHER,
    /** What much code computes in its place: squares of gradients summed over a batch. */
    FISHER_BATCH_SUM,
    /** Adapters: the rule looks at the factors of low-rank deltas. */
    FACTORS,
    /** Unlabelled examples and a way to run the model, for {@link Merger#fit}. */
    @Experimental
    UNLABELLED_DATA,
    /** The task must be known when the result is used. */
    TASK_ID
  }

  /** The basis that a rule is applied in; element-wise rules differ from space to space. */
  public enum Space {
    /** The weights themselves. */
    FULL,
    /** The joint row and column space of the adapters. */
    CORE,
    /** The right singular coordinates of the concatenated deltas. */
    KNOTS
  }

  /** Refuses empty spaces and an impossible number of inputs. */
  public MergerTraits {
    needs = Set.copyOf(needs);
    spaces = Set.copyOf(spaces);
    if (spaces.isEmpty()) {
      throw new IllegalArgumentException("a merger works in at least one space");
    }
    if (minInputs < 1 || maxInputs < minInputs) {
      throw new IllegalArgumentException(
          "inputs must be in [1, ...], was [%d, %d]".formatted(minInputs, maxInputs));
    }
  }
}
