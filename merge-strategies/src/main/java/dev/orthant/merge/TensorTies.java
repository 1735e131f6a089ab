package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.Merger;

/** TIES one tensor at a time: cancelled votes are positive. */
final class TensorTies implements Merger {

  private final ElementwiseRule rule;

  TensorTies(TiesConfig config) {
    this.rule =
        new ElementwiseRule(
            new TensorTrim(config.density()),
            new DisjointMerge(config.vote(), config.reduction(), 1),
            config.lambda());
  }

  @Override
  public Delta merge(MergeTensor tensor) {
    return rule.merge(tensor);
  }
}
