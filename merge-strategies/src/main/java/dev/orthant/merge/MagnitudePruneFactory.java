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
 * The weighted sum of deltas trimmed to their elements of greatest magnitude: TIES without an
 * election.
 *
 * <pre>
 *   trim    x_i = tau_i where |tau_i| is among the greatest density * n of its tensor, else 0
 *   merge   tau = lambda * sum_i w_i x_i
 * </pre>
 *
 * <p>Exactly {@code floor(density * n)} elements are kept, at least one; of equal magnitudes the
 * first in row-major order. At density 1 this is task arithmetic and low-rank deltas stay low-rank.
 *
 * <p>Yadav et al., TIES-Merging, NeurIPS 2023, for the trim; the rule is PEFT's.
 */
public final class MagnitudePruneFactory implements MergerFactory<MagnitudePruneConfig> {

  @Override
  public String name() {
    return "magnitude-prune";
  }

  @Override
  public MagnitudePruneConfig defaults() {
    return MagnitudePruneConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference("TIES-Merging: Resolving Interference When Merging Models", "2306.01708"));
  }

  @Override
  public String summary() {
    return "trim small elements, add up";
  }

  @Override
  public Merger create(MagnitudePruneConfig config) {
    return new ElementwiseRule(
        config.density() == 1 ? Sparsifier.NONE : new TensorTrim(config.density()),
        new LinearCombination(false),
        config.lambda());
  }

  @Override
  public MergerTraits traits(MagnitudePruneConfig config) {
    return Needs.taskVectors(Granularity.MATRIX);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.LINEAR));
  }
}
