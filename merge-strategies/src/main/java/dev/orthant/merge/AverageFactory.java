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
 * The weighted mean of the inputs, {@code sum_i w_i tau_i / sum_i w_i}.
 *
 * <p>The result is exact and low-rank if all deltas are: the factors are concatenated. Without
 * {@link AverageConfig#normalize()} it is the weighted sum. Weights that add up to zero are refused
 * where they would have to be divided by.
 *
 * <p>Wortsman et al., Model soups, ICML 2022.
 */
public final class AverageFactory implements MergerFactory<AverageConfig> {

  @Override
  public String name() {
    return "average";
  }

  @Override
  public AverageConfig defaults() {
    return AverageConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "Model soups: averaging weights of multiple fine-tuned models improves accuracy"
                + " without increasing inference time",
            "2203.05482"));
  }

  @Override
  public String summary() {
    return "weighted mean of the inputs";
  }

  @Override
  public Merger create(AverageConfig config) {
    return new ElementwiseRule(Sparsifier.NONE, new LinearCombination(config.normalize()), 1);
  }

  @Override
  public MergerTraits traits(AverageConfig config) {
    return Needs.inputsOnly(Granularity.ELEMENT, 1, Integer.MAX_VALUE);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.allOf(MergerLaw.class);
  }
}
