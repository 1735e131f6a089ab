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
 * The Karcher mean of the inputs' directions, with the mean of their norms.
 *
 * <pre>
 *   u  &lt;- exp_u(1/N sum_i log_u(x_i / ||x_i||))   until the step is shorter than tol
 *   x   = (1/N sum_i ||x_i||) u
 * </pre>
 *
 * <p>It minimises the sum of squared angles. Computed on inner products alone, in double precision.
 * Zero inputs have no direction but count in the mean norm, as in mergekit; an input opposite to
 * the mean does not pull. Weights are refused.
 *
 * <p>Without a base the vectors are the models' weights, as in mergekit; with one, or on adapters,
 * they are the differences from it. Low-rank inputs give a low-rank result.
 *
 * <p>Karcher, Riemannian center of mass and mollifier smoothing, 1977.
 */
public final class KarcherFactory implements MergerFactory<KarcherConfig> {

  @Override
  public String name() {
    return "karcher";
  }

  @Override
  public KarcherConfig defaults() {
    return KarcherConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "Riemannian center of mass and mollifier smoothing",
            "Communications on Pure and Applied Mathematics 30(5), 1977"));
  }

  @Override
  public String summary() {
    return "mean direction on the sphere, with the mean norm";
  }

  @Override
  public Merger create(KarcherConfig config) {
    return new SpanRule((gram, weights) -> Spherical.karcher(gram, config.maxIter(), config.tol()));
  }

  @Override
  public MergerTraits traits(KarcherConfig config) {
    return Needs.inputsOnly(Granularity.MATRIX, 1, Integer.MAX_VALUE).unweighted();
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.LINEAR));
  }
}
