package dev.orthant.merge;

import dev.orthant.core.spi.Merger;
import dev.orthant.core.spi.MergerFactory;
import java.util.function.Function;

/** A factory whose rules are made in another way, with the draws of a reference run. */
final class FixedDraws<C extends Record> extends DelegatingFactory<C> {

  private final Function<C, ? extends Merger> rule;

  FixedDraws(MergerFactory<C> factory, Function<C, ? extends Merger> rule) {
    super(factory);
    this.rule = rule;
  }

  @Override
  public Merger create(C config) {
    return rule.apply(config);
  }
}
