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
 * Spherical linear interpolation of two inputs, each tensor being one vector.
 *
 * <pre>
 *   Theta = angle between x_0 and x_1
 *   x     = sin((1 - t) Theta) / sin(Theta) x_0 + sin(t Theta) / sin(Theta) x_1
 * </pre>
 *
 * <p>Linear, {@code (1 - t) x_0 + t x_1}, where the cosine of the angle is above 0.9995 or below
 * -0.9995, as in mergekit, and where one of the two is zero. Weights are refused.
 *
 * <p>Without a base the vectors are the models' weights, as in mergekit; with one, or on adapters,
 * they are the differences from it. Low-rank inputs give a low-rank result.
 *
 * <p>Shoemake, Animating rotation with quaternion curves, SIGGRAPH 1985.
 */
public final class SlerpFactory implements MergerFactory<SlerpConfig> {

  /** mergekit's and FusionBench's: vectors of a cosine above this are interpolated linearly. */
  private static final double NEARLY_COLINEAR = 0.9995;

  @Override
  public String name() {
    return "slerp";
  }

  @Override
  public SlerpConfig defaults() {
    return SlerpConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(new Reference("Animating rotation with quaternion curves", "SIGGRAPH 1985"));
  }

  @Override
  public String summary() {
    return "from the first input to the second along a great circle";
  }

  @Override
  public Merger create(SlerpConfig config) {
    return new SpanRule((gram, weights) -> Spherical.slerp(gram, config.t(), NEARLY_COLINEAR));
  }

  @Override
  public MergerTraits traits(SlerpConfig config) {
    return Needs.inputsOnly(Granularity.MATRIX, 2, 2).unweighted();
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(
        EnumSet.of(MergerLaw.IDENTITY_OF_ONE, MergerLaw.ORDER_INVARIANT, MergerLaw.LINEAR));
  }
}
