package dev.orthant.core.spi;

import java.util.Set;

/**
 * A kind of merger.
 *
 * @param <C> its configuration
 */
public interface MergerFactory<C extends Record> extends Component<C> {

  /** A merger for one run; it may keep state between {@link Merger#survey} and merge. */
  Merger create(C config);

  /** What it needs and how it can be run. */
  MergerTraits traits(C config);

  /** The laws of the merger contract that it obeys. */
  Set<MergerLaw> laws();
}
