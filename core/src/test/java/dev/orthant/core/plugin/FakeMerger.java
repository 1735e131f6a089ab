package dev.orthant.core.plugin;

import dev.orthant.core.spi.Merger;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.MergerLaw;
import dev.orthant.core.spi.MergerTraits;
import dev.orthant.core.spi.Reference;
import java.util.List;
import java.util.Set;

/** A merger of any name that returns the first input. */
public record FakeMerger(String name) implements MergerFactory<FakeMerger.Config> {

  /** No options. */
  public record Config() {}

  @Override
  public Config defaults() {
    return new Config();
  }

  @Override
  public List<Reference> references() {
    return List.of(new Reference("A fake", "2401.00001"));
  }

  @Override
  public String summary() {
    return "Returns the first input.";
  }

  @Override
  public Merger create(Config config) {
    return tensor -> tensor.delta(0);
  }

  @Override
  public MergerTraits traits(Config config) {
    return new MergerTraits(
        MergerTraits.Granularity.ELEMENT,
        Set.of(),
        Set.of(MergerTraits.Space.FULL),
        1,
        Integer.MAX_VALUE,
        false);
  }

  @Override
  public Set<MergerLaw> laws() {
    return Set.of();
  }
}
