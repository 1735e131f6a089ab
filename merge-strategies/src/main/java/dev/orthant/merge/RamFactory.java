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
 * RAM: what one input alone changes is taken whole, what several change is averaged over them.
 *
 * <pre>
 *   active   |tau_i| > epsilon
 *   merge    tau = sum of the active tau_i / their number
 * </pre>
 *
 * <p>epsilon is absolute, so the result depends on the size and the type of the weights. Weights
 * are refused. The result is dense.
 *
 * <p>Reinforced Agent Merging, 2026.
 */
public final class RamFactory implements MergerFactory<RamConfig> {

  @Override
  public String name() {
    return "ram";
  }

  @Override
  public RamConfig defaults() {
    return RamConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(new Reference("Reinforced Agent Merging", "2601.13572"));
  }

  @Override
  public String summary() {
    return "mean over the inputs that change an element";
  }

  @Override
  public Merger create(RamConfig config) {
    return new ElementwiseRule(new Activity(config.epsilon()), MeanOfActive.plain(), 1);
  }

  @Override
  public MergerTraits traits(RamConfig config) {
    return Needs.taskVectors(Granularity.ELEMENT).unweighted();
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.POSITIVELY_HOMOGENEOUS, MergerLaw.LINEAR));
  }
}
