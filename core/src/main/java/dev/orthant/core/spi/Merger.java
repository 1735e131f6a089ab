package dev.orthant.core.spi;

import dev.orthant.core.lowrank.Delta;
import java.util.List;

/**
 * One run of a merging rule: sees the inputs tensor by tensor and gives each tensor's merged delta.
 */
public interface Merger {

  /**
   * Looks at one tensor before anything is merged. Called for every tensor, in the order of the
   * model, when {@link MergerTraits#surveys} says so.
   */
  default void survey(MergeTensor tensor) {}

  /**
   * Whether all tensors have to be surveyed once more; asked after each complete pass. A rule that
   * needs an exact quantile over a model too large to remember narrows it down pass by pass.
   */
  default boolean surveysAgain() {
    return false;
  }

  /**
   * Fits the rule to a model and its data. Called once, after all surveys, when {@link
   * MergerTraits.Need#UNLABELLED_DATA} is among what it needs.
   *
   * @param model to try deltas with
   * @param tensors all that will be merged, in the order of the model
   */
  @Experimental
  default void fit(TrialModel model, List<MergeTensor> tensors) {}

  /**
   * The merged delta of one tensor: exact and low-rank where the rule keeps it so, dense otherwise.
   * Tensors may come in any order and from several threads; the result must not depend on that.
   */
  Delta merge(MergeTensor tensor);

  /**
   * What each input's task uses of a merged delta, in the order of the inputs, for rules whose
   * result depends on the task at hand ({@link MergerTraits.Need#TASK_ID}); empty for others.
   *
   * @param merged what {@link #merge} gave for the tensor
   */
  default List<TaskMask> masks(MergeTensor tensor, Delta merged) {
    return List.of();
  }
}
