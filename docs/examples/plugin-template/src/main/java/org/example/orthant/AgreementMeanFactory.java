package org.example.orthant;

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
 * The weighted mean of the inputs, where each element shrinks with the inputs' disagreement about
 * its sign.
 *
 * <pre>
 *   agreement = |sum_i w_i sign(x_i)| / sum_i |w_i|
 *   merged    = lambda * agreement^sharpness * sum_i w_i x_i / sum_i |w_i|
 * </pre>
 */
public final class AgreementMeanFactory implements MergerFactory<AgreementMeanConfig> {

  @Override
  public String name() {
    return "agreement-mean";
  }

  @Override
  public String summary() {
    return "mean of the inputs, smaller where their signs disagree";
  }

  @Override
  public AgreementMeanConfig defaults() {
    return AgreementMeanConfig.defaults();
  }

  /** What it was published in, or what its idea is from. */
  @Override
  public List<Reference> references() {
    return List.of(
        new Reference("TIES-Merging: Resolving Interference When Merging Models", "2306.01708"));
  }

  @Override
  public Merger create(AgreementMeanConfig config) {
    return new AgreementMean(config);
  }

  /** Signs mean something relative to a base; any number of inputs; element by element. */
  @Override
  public MergerTraits traits(AgreementMeanConfig config) {
    return new MergerTraits(
        Granularity.ELEMENT,
        Set.of(Need.TASK_VECTORS),
        Set.of(Space.FULL),
        1,
        Integer.MAX_VALUE,
        false);
  }

  /** What the contract's tests hold it to. */
  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.LINEAR));
  }
}
