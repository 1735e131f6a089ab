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
 * DARE: drop elements of each delta at random, rescale the others, then merge.
 *
 * <pre>
 *   drop and rescale   x_i = m_i * tau_i / density,   m_i ~ Bernoulli(density) per element
 *   merge              tau = lambda * sum_i w_i x_i,   or sign election as in TIES
 * </pre>
 *
 * <p>Whether an element is kept is a function of the run's seed, the tensor's and the input's name
 * and the element's index alone. The result is dense, except that with density 1 and linear merge
 * nothing is dropped and low-rank deltas stay low-rank.
 *
 * <p>Yu et al., Language Models are Super Mario, ICML 2024.
 */
public final class DareFactory implements MergerFactory<DareConfig> {

  @Override
  public String name() {
    return "dare";
  }

  @Override
  public DareConfig defaults() {
    return DareConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "Language Models are Super Mario: Absorbing Abilities from Homologous Models as a"
                + " Free Lunch",
            "2311.03099"));
  }

  @Override
  public String summary() {
    return "drop elements at random, rescale the others, merge";
  }

  @Override
  public Merger create(DareConfig config) {
    return config.rule(Draws.random());
  }

  @Override
  public Merger createPerInput(List<DareConfig> configs) {
    return configs.stream().distinct().count() == 1
        ? create(configs.get(0))
        : PerInput.rule(name(), configs.stream().map(this::create).toList());
  }

  @Override
  public MergerTraits traits(DareConfig config) {
    boolean l1 = DareConfig.effective(config.rescale(), config.profile()) == DareConfig.Rescale.L1;
    return Needs.taskVectors(l1 ? Granularity.MATRIX : Granularity.ELEMENT);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.LINEAR));
  }
}
