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
 * WUDI in closed form: the delta that interferes least with the rows of each task's own.
 *
 * <pre>
 *   minimises   sum_i w_i ||(tau - tau_i) tau_i'||_F^2 / ||tau_i||_F^2
 *   tau = lambda * (sum_i w_i tau_i G_i) (sum_i w_i G_i)^+,   G_i = tau_i' tau_i / ||tau_i||_F^2
 * </pre>
 *
 * <p>That is RegMean with the deltas' own rows for features. The paper takes 300 steps of Adam from
 * the sum, which stops long before the minimum: that is the merger {@code wudi}. In directions of
 * no row the result is zero. Deltas of zero take no part. Tensors that are no matrices get lambda
 * times the weighted mean. Weights must not be negative.
 *
 * <p>Cheng et al., Whoever Started the Interference Should End It: Guiding Data-Free Model Merging
 * via Task Vectors, ICML 2025.
 */
public final class WudiExactFactory implements MergerFactory<WudiExactConfig> {

  @Override
  public String name() {
    return "wudi-exact";
  }

  @Override
  public WudiExactConfig defaults() {
    return WudiExactConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "Whoever Started the Interference Should End It: Guiding Data-Free Model Merging via Task Vectors",
            "2503.08099"));
  }

  @Override
  public String summary() {
    return "the minimum of the interference with the deltas' row spaces";
  }

  @Override
  public Merger create(WudiExactConfig config) {
    return new MatrixMerger(new WudiExactRule(config));
  }

  @Override
  public MergerTraits traits(WudiExactConfig config) {
    return Needs.taskVectors(Granularity.MATRIX);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.LINEAR));
  }
}
