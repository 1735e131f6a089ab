package dev.orthant.core.spi;

import java.util.List;
import java.util.Set;

/**
 * A kind of merger.
 *
 * @param <C> its configuration
 */
public interface MergerFactory<C extends Record> extends Component<C> {

  /** A merger for one run; it may keep state between {@link Merger#survey} and merge. */
  Merger create(C config);

  /**
   * A merger for one run in which each input has a configuration of its own, such as a density.
   * Unless a rule knows what that means for it, the configurations have to be equal.
   *
   * @param configs one an input, in order; not empty
   * @throws IllegalArgumentException if they differ in what is one for all inputs
   */
  default Merger createPerInput(List<C> configs) {
    C first = configs.get(0);
    for (C config : configs) {
      if (!config.equals(first)) {
        throw new IllegalArgumentException(
            "'%s' takes one configuration for all inputs, were %s and %s"
                .formatted(name(), first, config));
      }
    }
    return create(first);
  }

  /** What it needs and how it can be run. */
  MergerTraits traits(C config);

  /** The laws of the merger contract that it obeys. */
  Set<MergerLaw> laws();
}
