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
 * RegMean: the linear layer whose outputs are closest to each expert's on that expert's features.
 *
 * <pre>
 *   tau = (sum_i w_i tau_i G_i) (sum_i w_i G_i)^-1   minimises   sum_i w_i ||X_i (tau - tau_i)'||_F^2
 *   G_i = alpha X_i'X_i + (1 - alpha) diag(X_i'X_i) + rho I,   rho = ridge * mean diagonal
 * </pre>
 *
 * <p>Deltas [dOut, dIn], features X_i [n_i, dIn] of expert i at this module. The ridge belongs to
 * every input, so in directions that no feature has the result is the weighted mean of the inputs.
 * Low-rank deltas stay low-rank and exact: {@code B = [.. B_i ..]}, {@code A = [.. w_i s_i A_i G_i
 * ..] (sum_j w_j G_j)^-1}. Tensors without features (biases, norms, embeddings) get the weighted
 * mean. Everything is computed in double precision. Weights must not be negative.
 *
 * <p>Jin et al., Dataless Knowledge Fusion by Merging Weights of Language Models, ICLR 2023,
 * equation 2. The authors' code adds no ridge, and fails where the sum is singular.
 */
public final class RegMeanFactory implements MergerFactory<RegMeanConfig> {

  @Override
  public String name() {
    return "regmean";
  }

  @Override
  public RegMeanConfig defaults() {
    return RegMeanConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "Dataless Knowledge Fusion by Merging Weights of Language Models", "2212.09849"));
  }

  @Override
  public String summary() {
    return "closest to each expert's outputs on its own features";
  }

  @Override
  public Merger create(RegMeanConfig config) {
    return new RegMeanMerger(config);
  }

  @Override
  public MergerTraits traits(RegMeanConfig config) {
    return new MergerTraits(
        Granularity.MATRIX, Set.of(Need.GRAM), Set.of(Space.FULL), 1, Integer.MAX_VALUE, false);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.allOf(MergerLaw.class);
  }
}
