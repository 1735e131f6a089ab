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
 * Spherical linear interpolation of two weighted inputs, over whole tensors, rows or columns.
 *
 * <pre>
 *   t     = w_1 / (w_0 + w_1)
 *   Theta = angle between x_0 and x_1
 *   x     = sin((1 - t) Theta) / sin(Theta) x_0 + sin(t Theta) / sin(Theta) x_1
 * </pre>
 *
 * <p>Linear where the sine of the angle is below 1e-6 and where one of the two is zero. Weights
 * that add up to zero are refused.
 *
 * <p>Without a base the vectors are the models' weights, as in mergekit; with one, or on adapters,
 * they are the differences from it. Over whole tensors, low-rank inputs give a low-rank result.
 *
 * <p>Shoemake, Animating rotation with quaternion curves, SIGGRAPH 1985.
 */
public final class NuslerpFactory implements MergerFactory<NuslerpConfig> {

  @Override
  public String name() {
    return "nuslerp";
  }

  @Override
  public NuslerpConfig defaults() {
    return NuslerpConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(new Reference("Animating rotation with quaternion curves", "SIGGRAPH 1985"));
  }

  @Override
  public String summary() {
    return "two weighted inputs along a great circle, by tensor, row or column";
  }

  @Override
  public Merger create(NuslerpConfig config) {
    return SpanRule.over(config.spanVectors(), NuslerpFactory::interpolate);
  }

  @Override
  public MergerTraits traits(NuslerpConfig config) {
    return Needs.inputsOnly(Granularity.MATRIX, 2, 2);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.IDENTITY_OF_ONE, MergerLaw.LINEAR));
  }

  private static double[] interpolate(double[][] gram, double[] weights) {
    double sum = weights[0] + weights[1];
    if (sum == 0) {
      throw new IllegalArgumentException("the weights of nuslerp must not add up to 0");
    }
    return Spherical.slerp(gram, weights[1] / sum, 1);
  }
}
