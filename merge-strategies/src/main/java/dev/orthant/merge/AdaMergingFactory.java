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
 * AdaMerging: a sum of the deltas whose coefficients minimise the entropy of the merged model's
 * predictions on unlabelled examples of all tasks.
 *
 * <pre>
 *   tau = sum_i lambda_i tau_i,   min over lambda of sum_t mean_x H(p_t(. | x; base + tau))
 * </pre>
 *
 * <p>With one lambda an input, or one for each of its tensors. Steps are Adam's; the gradient of a
 * lambda is {@code <dL/dW, tau_i>}. Predictions of task t are made with its own head, which is not
 * merged. The result is exact and low-rank if all deltas are. Regressions are refused: their
 * outputs have no entropy.
 *
 * <p>Yang et al., AdaMerging: Adaptive Model Merging for Multi-Task Learning, ICLR 2024. The
 * authors' code takes the test rows, two batches of each task in a step; a study takes validation
 * rows, and one batch.
 */
public final class AdaMergingFactory implements MergerFactory<AdaMergingConfig> {

  @Override
  public String name() {
    return "adamerging";
  }

  @Override
  public AdaMergingConfig defaults() {
    return AdaMergingConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference("AdaMerging: Adaptive Model Merging for Multi-Task Learning", "2310.02575"));
  }

  @Override
  public String summary() {
    return "coefficients that make predictions surest";
  }

  @Override
  public Merger create(AdaMergingConfig config) {
    return new AdaMergingMerger(config, LinearRule::deltas);
  }

  @Override
  public MergerTraits traits(AdaMergingConfig config) {
    return new MergerTraits(
        Granularity.MODEL,
        Set.of(Need.TASK_VECTORS, Need.UNLABELLED_DATA),
        Set.of(Space.FULL),
        1,
        Integer.MAX_VALUE,
        false);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.of(MergerLaw.ORDER_INVARIANT, MergerLaw.ZERO_TO_ZERO);
  }
}
