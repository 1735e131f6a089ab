package dev.orthant.core.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.Merger;
import dev.orthant.core.spi.MergerTraits.Space;
import dev.orthant.core.spi.TaskMask;
import java.util.List;

/** A rule applied to the coordinates of deltas; what is no matrix is left to the rule as it is. */
final class SpaceMerger implements Merger {

  private final Merger rule;
  private final Space space;

  private SpaceMerger(Merger rule, Space space) {
    this.rule = rule;
    this.space = space;
  }

  static Merger in(Space space, Merger rule) {
    return space == Space.FULL ? rule : new SpaceMerger(rule, space);
  }

  @Override
  public void survey(MergeTensor tensor) {
    rule.survey(isMatrix(tensor) ? SpaceTensor.of(tensor, space) : tensor);
  }

  @Override
  public boolean surveysAgain() {
    return rule.surveysAgain();
  }

  @Override
  public Delta merge(MergeTensor tensor) {
    if (!isMatrix(tensor)) {
      return rule.merge(tensor);
    }
    SpaceTensor coordinates = SpaceTensor.of(tensor, space);
    return coordinates.inWeights(rule.merge(coordinates));
  }

  /** Masks are of the weights' elements, and so are the rules that give them. */
  @Override
  public List<TaskMask> masks(MergeTensor tensor, Delta merged) {
    throw new IllegalStateException("elements of weights have no counterpart in another space");
  }

  private static boolean isMatrix(MergeTensor tensor) {
    return tensor.shape().length == 2;
  }
}
