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
 * DELLA without sign election: drop elements at random, small ones with higher probability, rescale
 * the others and add up.
 *
 * <pre>
 *   drop      p   = density - epsilon + 2 epsilon rank / (n - 1),   rank of |tau_i| in its row, from 0
 *   rescale   x_i = m_i * tau_i / p,   m_i ~ Bernoulli(p) per element
 *   merge     tau = lambda * sum_i w_i x_i
 * </pre>
 *
 * <p>The expectation is that of task arithmetic, which this is at density 1, where low-rank deltas
 * stay low-rank.
 *
 * <p>Deep, Bhardwaj and Poria, DELLA-Merging, 2024.
 */
public final class DellaLinearFactory implements MergerFactory<DellaLinearConfig> {

  @Override
  public String name() {
    return "della-linear";
  }

  @Override
  public DellaLinearConfig defaults() {
    return DellaLinearConfig.defaults();
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
    return "drop small elements more often, rescale the others, add up";
  }

  @Override
  public Merger create(DellaLinearConfig config) {
    return config.rule(Draws.random());
  }

  @Override
  public Merger createPerInput(List<DellaLinearConfig> configs) {
    return configs.stream().distinct().count() == 1
        ? create(configs.get(0))
        : PerInput.rule(name(), configs.stream().map(this::create).toList());
  }

  @Override
  public MergerTraits traits(DellaLinearConfig config) {
    return Needs.taskVectors(Granularity.MATRIX);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.LINEAR));
  }
}
