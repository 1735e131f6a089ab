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
 * AdaMerging++: {@link AdaMergingFactory AdaMerging} of what TIES leaves of the deltas, that is
 * their elements of greatest magnitude that have the elected sign.
 *
 * <pre>
 *   x_i = tau_i where |tau_i| is among the greatest density * n of the model, else 0
 *   s   = sign(sum_i w_i x_i)
 *   tau = sum_i lambda_i x_i [s w_i x_i &gt; 0]
 * </pre>
 *
 * <p>The result is dense.
 *
 * <p>Yang et al., AdaMerging: Adaptive Model Merging for Multi-Task Learning, ICLR 2024.
 */
public final class AdaMergingPlusplusFactory implements MergerFactory<AdaMergingPlusplusConfig> {

  @Override
  public String name() {
    return "adamerging-plusplus";
  }

  @Override
  public AdaMergingPlusplusConfig defaults() {
    return AdaMergingPlusplusConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference("AdaMerging: Adaptive Model Merging for Multi-Task Learning", "2310.02575"));
  }

  @Override
  public String summary() {
    return "adamerging of what TIES leaves of the deltas";
  }

  @Override
  public Merger create(AdaMergingPlusplusConfig config) {
    return new AdaMergingMerger(config.coefficients(), new TiesSplit(config.density()));
  }

  @Override
  public MergerTraits traits(AdaMergingPlusplusConfig config) {
    return new MergerTraits(
        Granularity.MODEL,
        Set.of(Need.TASK_VECTORS, Need.UNLABELLED_DATA),
        Set.of(Space.FULL),
        1,
        Integer.MAX_VALUE,
        true);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.of(MergerLaw.ORDER_INVARIANT, MergerLaw.ZERO_TO_ZERO);
  }
}
