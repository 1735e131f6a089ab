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
 * DELLA: drop elements at random, small ones with higher probability, rescale the others, elect a
 * sign per element and merge the inputs that agree with it.
 *
 * <pre>
 *   drop         p   = density - epsilon + 2 epsilon rank / (n - 1),   rank of |tau_i| in its row, from 0
 *   rescale      x_i = m_i * tau_i / p,   m_i ~ Bernoulli(p) per element
 *   elect sign   s   = sign(sum_i w_i x_i)
 *   fuse         tau = lambda * sum_{i: sign(w_i x_i) = s} w_i x_i / sum_{the same i} |w_i|
 * </pre>
 *
 * <p>Cancelled votes are positive. Whether an element is kept is a function of the run's seed, the
 * tensor's and the input's name, the element's index and its rank alone. The result is dense.
 *
 * <p>Deep, Bhardwaj and Poria, DELLA-Merging, 2024.
 */
public final class DellaFactory implements MergerFactory<DellaConfig> {

  @Override
  public String name() {
    return "della";
  }

  @Override
  public DellaConfig defaults() {
    return DellaConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "DELLA-Merging: Reducing Interference in Model Merging through Magnitude-Based"
                + " Sampling",
            "2406.11617"));
  }

  @Override
  public String summary() {
    return "drop small elements more often, rescale the others, elect signs, merge what agrees";
  }

  @Override
  public Merger create(DellaConfig config) {
    return config.rule(Draws.random());
  }

  @Override
  public Merger createPerInput(List<DellaConfig> configs) {
    return configs.stream().distinct().count() == 1
        ? create(configs.get(0))
        : PerInput.rule(name(), configs.stream().map(this::create).toList());
  }

  @Override
  public MergerTraits traits(DellaConfig config) {
    return Needs.taskVectors(Granularity.MATRIX);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.LINEAR));
  }
}
