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
 * The barycentre of directions: {@code sum_i w_i ||x_i||} in the direction of {@code sum_i w_i x_i
 * / ||x_i||}.
 *
 * <p>mergekit projects the unit vectors onto the tangent space at their weighted mean, adds them up
 * there and goes back to the sphere. The weighted sum of these projections is zero whatever the
 * inputs are, so all that is left is the mean itself, which is computed here.
 *
 * <p>Zero inputs have no direction. If the directions cancel out, two inputs are added up, and more
 * are refused.
 *
 * <p>Without a base the vectors are the models' weights, as in mergekit; with one, or on adapters,
 * they are the differences from it. Low-rank inputs give a low-rank result.
 *
 * <p>Goddard, Multi-SLERP, 2025.
 */
public final class MultislerpFactory implements MergerFactory<MultislerpConfig> {

  @Override
  public String name() {
    return "multislerp";
  }

  @Override
  public MultislerpConfig defaults() {
    return MultislerpConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "Multi-SLERP: wow, what a cool idea",
            "goddard.blog/posts/multislerp-wow-what-a-cool-idea"));
  }

  @Override
  public String summary() {
    return "mean norm in the direction of the weighted mean of unit vectors";
  }

  @Override
  public Merger create(MultislerpConfig config) {
    return new SpanRule(
        (gram, weights) ->
            Spherical.barycentre(
                gram,
                new LinearCombination(config.normalizeWeights()).coefficients(weights),
                config.eps()));
  }

  @Override
  public MergerTraits traits(MultislerpConfig config) {
    return Needs.inputsOnly(Granularity.MATRIX, 1, Integer.MAX_VALUE);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.LINEAR));
  }
}
