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
 * SCE: select positions at which the inputs differ, calculate each input's weight from its size,
 * and erase minority directions.
 *
 * <pre>
 *   select      the select_topk * p positions of greatest variance among the inputs, of the p with any
 *   calculate   w_i = mean(x_i^2) / sum_j mean(x_j^2),   x_i being tau_i at the selected positions
 *   erase       s   = sign(sum_i x_i)
 *   merge       tau = sum_{i: sign(x_i) = s} w_i x_i / sum_{the same i} w_i
 * </pre>
 *
 * <p>Tensor by tensor. Cancelled votes are positive, zeros never agree. Weights are refused: they
 * are calculated. The result is dense.
 *
 * <p>Wan et al., FuseChat: Knowledge Fusion of Chat Models, 2024.
 */
public final class SceFactory implements MergerFactory<SceConfig> {

  @Override
  public String name() {
    return "sce";
  }

  @Override
  public SceConfig defaults() {
    return SceConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(new Reference("FuseChat: Knowledge Fusion of Chat Models", "2408.07990"));
  }

  @Override
  public String summary() {
    return "select by variance, weigh by size, erase minority signs";
  }

  @Override
  public Merger create(SceConfig config) {
    return new SceMerger(config.selectTopk());
  }

  @Override
  public MergerTraits traits(SceConfig config) {
    return Needs.taskVectors(Granularity.MATRIX).unweighted();
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.LINEAR));
  }
}
