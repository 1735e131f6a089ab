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
 * TALL-masks: the sum of the deltas, and for each task a mask of what it needs of it.
 *
 * <pre>
 *   tau = lambda * sum_i w_i tau_i,   m_i = [|tau_i| > threshold * |tau - tau_i|],   task i: m_i * tau
 * </pre>
 *
 * <p>The task has to be known when the result is used; {@code consensus} makes one model of the
 * same masks. The paper searches the threshold for each task on validation rows; here it is one.
 * The laws are those of the sum, which stays low-rank if all deltas are.
 *
 * <p>Wang et al., Localizing Task Information for Improved Model Merging and Compression, ICML
 * 2024.
 */
public final class TallMasksFactory implements MergerFactory<TallMasksConfig> {

  @Override
  public String name() {
    return "tall-masks";
  }

  @Override
  public TallMasksConfig defaults() {
    return TallMasksConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "Localizing Task Information for Improved Model Merging and Compression",
            "2405.07813"));
  }

  @Override
  public String summary() {
    return "the sum of the deltas, and a mask for each task";
  }

  @Override
  public Merger create(TallMasksConfig config) {
    return new TallMasksMerger(config);
  }

  @Override
  public MergerTraits traits(TallMasksConfig config) {
    return new MergerTraits(
        Granularity.ELEMENT,
        Set.of(Need.TASK_VECTORS, Need.TASK_ID),
        Set.of(Space.FULL),
        1,
        Integer.MAX_VALUE,
        false);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.allOf(MergerLaw.class);
  }
}
