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
 * RegMean++: {@link RegMeanFactory RegMean}, layer by layer from below, on the features that each
 * expert's layer has when the layers below are those that are merged already.
 *
 * <pre>
 *   tau^l = (sum_i w_i tau_i^l G_i^l) (sum_i w_i G_i^l)^-1
 *   G_i^l of X_i^l, the inputs of expert i's layer l on task i's examples after merged layers 1 .. l-1
 * </pre>
 *
 * <p>A layer is a layer of the transformer; inside of it, the expert's own matrices make the
 * features. Everything else is as in RegMean, the settings included.
 *
 * <p>Nguyen et al., RegMean++, 2025.
 */
public final class RegMeanPlusplusFactory implements MergerFactory<RegMeanConfig> {

  @Override
  public String name() {
    return "regmean-plusplus";
  }

  @Override
  public RegMeanConfig defaults() {
    return RegMeanConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "RegMean++: Enhancing Effectiveness and Generalization of Regression Mean for Model Merging",
            "2508.03121"));
  }

  @Override
  public String summary() {
    return "regmean on features of the merged layers below";
  }

  @Override
  public Merger create(RegMeanConfig config) {
    return new RegMeanPlusplusMerger(config);
  }

  @Override
  public MergerTraits traits(RegMeanConfig config) {
    return new MergerTraits(
        Granularity.MODEL,
        Set.of(Need.UNLABELLED_DATA),
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
