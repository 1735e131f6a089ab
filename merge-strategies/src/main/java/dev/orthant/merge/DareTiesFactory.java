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
 * DARE with sign election: drop elements of each delta at random, rescale the others, elect a sign
 * per element and merge the inputs that agree with it. Nothing is trimmed by magnitude.
 *
 * <pre>
 *   drop and rescale   x_i = m_i * tau_i / density,   m_i ~ Bernoulli(density) per element
 *   elect sign         s   = sign(sum_i w_i x_i)
 *   merge              tau = lambda * sum_{i: sign(w_i x_i) = s} w_i x_i / sum_{the same i} |w_i|
 * </pre>
 *
 * <p>Cancelled votes are positive. Whether an element is kept is a function of the run's seed, the
 * tensor's and the input's name and the element's index alone. The result is dense.
 *
 * <p>Yu et al., Language Models are Super Mario, ICML 2024; Yadav et al., TIES-Merging, NeurIPS
 * 2023.
 */
public final class DareTiesFactory implements MergerFactory<DareTiesConfig> {

  @Override
  public String name() {
    return "dare-ties";
  }

  @Override
  public DareTiesConfig defaults() {
    return DareTiesConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "Language Models are Super Mario: Absorbing Abilities from Homologous Models as a"
                + " Free Lunch",
            "2311.03099"),
        new Reference("TIES-Merging: Resolving Interference When Merging Models", "2306.01708"));
  }

  @Override
  public String summary() {
    return "drop elements at random, rescale the others, elect signs, merge what agrees";
  }

  @Override
  public Merger create(DareTiesConfig config) {
    return config.rule(Draws.random());
  }

  @Override
  public Merger createPerInput(List<DareTiesConfig> configs) {
    return configs.stream().distinct().count() == 1
        ? create(configs.get(0))
        : PerInput.rule(name(), configs.stream().map(this::create).toList());
  }

  @Override
  public MergerTraits traits(DareTiesConfig config) {
    boolean l1 = DareConfig.effective(config.rescale(), config.profile()) == DareConfig.Rescale.L1;
    return Needs.taskVectors(l1 ? Granularity.MATRIX : Granularity.ELEMENT);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.LINEAR));
  }
}
