package dev.orthant.merge;

import dev.orthant.core.lowrank.TileSource;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.Merger;
import java.util.ArrayList;
import java.util.List;

/**
 * A sparsifier for each input, so that inputs may have densities of their own; what is made of the
 * elements is the same for all.
 */
record PerInput(List<Sparsifier> sparsifiers) implements Sparsifier {

  /**
   * One rule out of one an input.
   *
   * @param name of the merger, for messages
   * @throws IllegalArgumentException if they differ in more than their sparsifiers, or are not
   *     element-wise and differ
   */
  static Merger rule(String name, List<? extends Merger> rules) {
    List<Sparsifier> sparsifiers = new ArrayList<>();
    Merger first = rules.get(0);
    for (Merger each : rules) {
      if (!(each instanceof ElementwiseRule rule
          && first instanceof ElementwiseRule other
          && rule.combination().equals(other.combination())
          && rule.lambda() == other.lambda())) {
        throw new IllegalArgumentException(
            "'%s' takes one configuration for all inputs, but for what is trimmed or dropped tensor by tensor"
                .formatted(name));
      }
      sparsifiers.add(rule.sparsifier());
    }
    ElementwiseRule own = (ElementwiseRule) first;
    boolean dense = sparsifiers.stream().allMatch(sparsifier -> sparsifier == Sparsifier.NONE);
    return dense
        ? own
        : new ElementwiseRule(
            new PerInput(List.copyOf(sparsifiers)), own.combination(), own.lambda());
  }

  @Override
  public ElementMask mask(MergeTensor tensor, int i, TileSource delta) {
    return sparsifiers.get(i).mask(tensor, i, delta);
  }
}
