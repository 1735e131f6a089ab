package dev.orthant.merge;

import dev.orthant.core.spi.Merger;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.MergerLaw;
import dev.orthant.core.spi.MergerTraits;
import dev.orthant.core.spi.MergerTraits.Granularity;
import dev.orthant.core.spi.MergerTraits.Need;
import dev.orthant.core.spi.MergerTraits.Space;
import dev.orthant.core.spi.Reference;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * RobustMerge: prune the factors of each adapter, scale the directions that lost most, merge A and
 * B apart.
 *
 * <pre>
 *   a_i = A_i where |A_i| is at least its quantile 1 - density, else 0;  b_i likewise of B_i
 *   s_i[k] = sum_j |A_i[k, j]| / sum_j |a_i[k, j]|,  raised to its quantile q over the k of the adapter
 *   A = c sum_i w_i a_i,   B[:, k] = c sum_i w_i s_i[k] b_i[:, k] / sum_i s_i[k]
 * </pre>
 *
 * <p>Factors of different adapters meet in the product, by design: this is not a rule on deltas,
 * and depends on how each is factorised. Adapters need one rank and one scaling, which the result
 * keeps. A direction of A that is pruned whole has scale 0, where the authors' code divides by
 * zero. Tensors that are no matrices get the mean of the weighted inputs.
 *
 * <p>Zeng et al., RobustMerge: Parameter-Efficient Model Merging for MLLMs with Direction
 * Robustness, NeurIPS 2025.
 */
public final class RobustMergeFactory implements MergerFactory<RobustMergeConfig> {

  @Override
  public String name() {
    return "robust-merge";
  }

  @Override
  public RobustMergeConfig defaults() {
    return RobustMergeConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "RobustMerge: Parameter-Efficient Model Merging for MLLMs with Direction Robustness",
            "2502.17159"));
  }

  @Override
  public String summary() {
    return "prune factors, scale what is left, add A up and average B";
  }

  @Override
  public Merger create(RobustMergeConfig config) {
    return new RobustMergeMerger(config);
  }

  @Override
  public MergerTraits traits(RobustMergeConfig config) {
    return new MergerTraits(
        Granularity.MATRIX,
        Set.of(Need.TASK_VECTORS, Need.FACTORS),
        Set.of(Space.FULL),
        1,
        Integer.MAX_VALUE,
        false);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.LINEAR));
  }
}
