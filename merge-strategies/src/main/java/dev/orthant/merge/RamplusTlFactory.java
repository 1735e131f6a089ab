package dev.orthant.merge;

import dev.orthant.core.spi.Merger;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.MergerLaw;
import dev.orthant.core.spi.MergerTraits;
import dev.orthant.core.spi.MergerTraits.Granularity;
import dev.orthant.core.spi.Reference;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * RAM+ tensor by tensor: as RAM, with what one input alone changes amplified.
 *
 * <pre>
 *   active   |tau_i| > epsilon
 *   shared   tau = sum of the active tau_i / their number
 *   unique   tau = (1 + r * min(shared_i / unique_i, alpha)) * tau_i,   counts of elements of tensor i
 * </pre>
 *
 * <p>An input without unique elements counts as one of ratio alpha. epsilon is absolute. Weights
 * are refused. The result is dense.
 *
 * <p>Reinforced Agent Merging, 2026.
 */
public final class RamplusTlFactory implements MergerFactory<RamplusTlConfig> {

  @Override
  public String name() {
    return "ramplus-tl";
  }

  @Override
  public RamplusTlConfig defaults() {
    return RamplusTlConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(new Reference("Reinforced Agent Merging", "2601.13572"));
  }

  @Override
  public String summary() {
    return "mean over the inputs that change an element, lone changes amplified";
  }

  @Override
  public Merger create(RamplusTlConfig config) {
    return new RamPlus(config);
  }

  @Override
  public MergerTraits traits(RamplusTlConfig config) {
    return Needs.taskVectors(Granularity.MATRIX).unweighted();
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.POSITIVELY_HOMOGENEOUS, MergerLaw.LINEAR));
  }
}
