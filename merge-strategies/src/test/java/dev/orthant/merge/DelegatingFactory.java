package dev.orthant.merge;

import dev.orthant.core.spi.Merger;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.MergerLaw;
import dev.orthant.core.spi.MergerTraits;
import dev.orthant.core.spi.Reference;
import java.util.List;
import java.util.Set;

/** A factory like another one, for tests that change one thing. */
class DelegatingFactory<C extends Record> implements MergerFactory<C> {

  private final MergerFactory<C> other;

  DelegatingFactory(MergerFactory<C> other) {
    this.other = other;
  }

  @Override
  public String name() {
    return other.name();
  }

  @Override
  public C defaults() {
    return other.defaults();
  }

  @Override
  public List<Reference> references() {
    return other.references();
  }

  @Override
  public String summary() {
    return other.summary();
  }

  @Override
  public Merger create(C config) {
    return other.create(config);
  }

  @Override
  public MergerTraits traits(C config) {
    return other.traits(config);
  }

  @Override
  public Set<MergerLaw> laws() {
    return other.laws();
  }
}
