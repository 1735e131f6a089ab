package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.Merger;
import java.util.Arrays;

/** Drop and rescale, then merge. */
final class DareMerger implements Merger {

  private final DareConfig config;
  private final ElementwiseRule rule;

  DareMerger(DareConfig config, DropMasks masks) {
    this.config = config;
    Sparsifier sparsifier =
        config.density() == 1
            ? Sparsifier.none()
            : new DropAndRescale(masks, config.density(), config.effectiveRescale());
    this.rule = new ElementwiseRule(sparsifier, config.combination(), config.lambda());
  }

  @Override
  public Delta merge(MergeTensor tensor) {
    if (config.density() == 1 && config.merge() == DareConfig.Merge.LINEAR) {
      return LinearRule.sum( // nothing is dropped: stays exact and low-rank
          tensor,
          Arrays.stream(LinearRule.weights(tensor)).map(w -> config.lambda() * w).toArray());
    }
    return rule.merge(tensor);
  }
}
