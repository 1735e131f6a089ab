package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.Merger;

/**
 * A rule that knows no weights and refuses to ignore them.
 *
 * @param name the rule's name
 * @param rule the rule
 */
record Unweighted(String name, Merger rule) implements Merger {

  @Override
  public Delta merge(MergeTensor tensor) {
    for (int i = 0; i < tensor.inputs(); i++) {
      if (tensor.weight(i) != 1) {
        throw new IllegalArgumentException(
            "'%s' takes no weights, but input '%s' has %s; leave it out"
                .formatted(name, tensor.input(i), tensor.weight(i)));
      }
    }
    return rule.merge(tensor);
  }
}
