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
 * IterIS: the deltas whose outputs on the merged model's own features are closest to each expert's
 * outputs on the expert's features, solved for and inferred again in turn.
 *
 * <pre>
 *   tau = (sum_i c_i tau_i X_i'Y_i) (sum_i c_i Y_i'Y_i)^-1   minimises   sum_i c_i ||X_i tau_i' - Y_i tau'||_F^2
 *   c_i = w_i |W_i|_F^2 / |X_i W_i'|_F^2,   W_i = base + tau_i
 * </pre>
 *
 * <p>Features X_i [n_i, dIn] of expert i, Y_i of the merged model on the same examples; in the
 * first iteration Y_i = X_i. Both matrices of products get a ridge, relative to their Frobenius
 * norm. All layers are solved for at once. Low-rank deltas stay low-rank and exact. Weights must
 * not be negative.
 *
 * <p>Chen et al., IterIS: Iterative Inference-Solving Alignment for LoRA Merging, CVPR 2025.
 */
public final class IterisFactory implements MergerFactory<IterisConfig> {

  @Override
  public String name() {
    return "iteris";
  }

  @Override
  public IterisConfig defaults() {
    return IterisConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "IterIS: Iterative Inference-Solving Alignment for LoRA Merging", "2411.15231"));
  }

  @Override
  public String summary() {
    return "outputs on the merged model's own features, iterated";
  }

  @Override
  public Merger create(IterisConfig config) {
    return new IterisMerger(config);
  }

  @Override
  public MergerTraits traits(IterisConfig config) {
    return new MergerTraits(
        Granularity.MODEL,
        Set.of(Need.TASK_VECTORS, Need.BASE, Need.UNLABELLED_DATA),
        Set.of(Space.FULL),
        1,
        Integer.MAX_VALUE,
        false);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.of(MergerLaw.IDENTITY_OF_ONE, MergerLaw.ORDER_INVARIANT, MergerLaw.ZERO_TO_ZERO);
  }
}
