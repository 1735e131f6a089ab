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
 * WUDI as published: steps of Adam from the sum of the deltas towards the one that interferes least
 * with the rows of each task's own.
 *
 * <pre>
 *   loss(tau) = sum_i w_i ||(tau - tau_i) tau_i'||_F^2 / ||tau_i||_F^2,   tau_0 = sum_i w_i tau_i
 * </pre>
 *
 * <p>A step changes each element by about the learning rate, whatever the size of the deltas, so
 * the result does not scale with them and lies between the sum and the minimum, which is the merger
 * {@code wudi-exact}. It is dense. Deltas of zero take no part. Tensors that are no matrices get
 * the weighted mean. Weights must not be negative. Computed in double precision; the authors' code
 * takes single.
 *
 * <p>Cheng et al., Whoever Started the Interference Should End It: Guiding Data-Free Model Merging
 * via Task Vectors, ICML 2025.
 */
public final class WudiFactory implements MergerFactory<WudiConfig> {

  @Override
  public String name() {
    return "wudi";
  }

  @Override
  public WudiConfig defaults() {
    return WudiConfig.defaults();
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
    return "steps of Adam from the sum towards less interference";
  }

  @Override
  public Merger create(WudiConfig config) {
    return new WudiMerger(config);
  }

  @Override
  public MergerTraits traits(WudiConfig config) {
    return new MergerTraits(
        Granularity.MATRIX,
        Set.of(Need.TASK_VECTORS),
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
