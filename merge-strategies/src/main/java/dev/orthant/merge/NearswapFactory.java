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
 * From the first input towards the second, by at most {@code t} in each element:
 *
 * <pre>
 *   x = x_0 + min(max(x_1 - x_0, -t), t)
 * </pre>
 *
 * <p>This is mergekit's {@code x_0 + clamp(t / |x_0 - x_1|, 0, 1) (x_1 - x_0)} without a division.
 * Elements closer than t become the second input's. The result is the same relative to any base.
 * Weights are refused. The result is dense.
 *
 * <p>Alchemonaut, QuartetAnemoi-70B, 2024.
 */
public final class NearswapFactory implements MergerFactory<NearswapConfig> {

  @Override
  public String name() {
    return "nearswap";
  }

  @Override
  public NearswapConfig defaults() {
    return NearswapConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference("NearSwap", "huggingface.co/alchemonaut/QuartetAnemoi-70B-t0.0001"));
  }

  @Override
  public String summary() {
    return "from the first input to the second, by at most t in each element";
  }

  @Override
  public Merger create(NearswapConfig config) {
    return new ElementwiseRule(Sparsifier.NONE, new NearSwap(config.t()), 1);
  }

  @Override
  public MergerTraits traits(NearswapConfig config) {
    return Needs.inputsOnly(Granularity.ELEMENT, 2, 2).unweighted();
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(
        EnumSet.of(
            MergerLaw.IDENTITY_OF_ONE,
            MergerLaw.ORDER_INVARIANT,
            MergerLaw.POSITIVELY_HOMOGENEOUS,
            MergerLaw.LINEAR));
  }
}
