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
 * Model Stock: between the base and the mean of the inputs, by the angle between them.
 *
 * <pre>
 *   c   = mean over pairs of cos(tau_i, tau_j)
 *   t   = N c / (1 + (N - 1) c)
 *   tau = t * mean_i(tau_i)
 * </pre>
 *
 * <p>t is not clamped: it is below 0 where the inputs point away from each other on average, and 0
 * where they cancel out or one is zero. Weights are refused. Low-rank inputs give a low-rank
 * result, unless each row has its own angle.
 *
 * <p>Jang, Yun and Han, Model Stock: All we need is just a few fine-tuned models, ECCV 2024.
 */
public final class ModelStockFactory implements MergerFactory<ModelStockConfig> {

  @Override
  public String name() {
    return "model-stock";
  }

  @Override
  public ModelStockConfig defaults() {
    return ModelStockConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference("Model Stock: All we need is just a few fine-tuned models", "2403.19522"));
  }

  @Override
  public String summary() {
    return "between base and mean, by the angle between the inputs";
  }

  @Override
  public Merger create(ModelStockConfig config) {
    return SpanRule.over(
        config.filterWise() ? SpanRule.Vectors.ROW : SpanRule.Vectors.TENSOR,
        new ModelStock(config.angle()));
  }

  @Override
  public MergerTraits traits(ModelStockConfig config) {
    return new MergerTraits(
            Granularity.MATRIX,
            Set.of(Need.TASK_VECTORS),
            EnumSet.allOf(Space.class),
            2,
            Integer.MAX_VALUE,
            false)
        .unweighted();
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.IDENTITY_OF_ONE, MergerLaw.LINEAR));
  }
}
