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
 * TSV-M: the greatest singular directions of every task, made orthogonal to those of the others.
 *
 * <pre>
 *   w_i tau_i = U_i S_i V_i',  cut to k_i = min(rank(tau_i), min(dOut, dIn) / N) directions
 *   tau = lambda * polar([U_1 .. U_N]) diag(S_1 .. S_N) polar([V_1 .. V_N])'
 * </pre>
 *
 * <p>polar(X) is the closest matrix with orthonormal columns. Only directions in which a delta has
 * something take part: a delta of rank 8 has no more than 8, where the published code fills its
 * share up with an arbitrary basis of the null space, which whitening then mixes into the result.
 * For deltas of full rank it is the published rule. Low-rank deltas merge to a low-rank one through
 * their factors. Tensors that are no matrices get {@code lambda / N * sum_i w_i tau_i}.
 *
 * <p>Gargiulo et al., Task Singular Vectors: Reducing Task Interference in Model Merging, CVPR
 * 2025.
 */
public final class TsvMFactory implements MergerFactory<TsvMConfig> {

  @Override
  public String name() {
    return "tsv-m";
  }

  @Override
  public TsvMConfig defaults() {
    return TsvMConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "Task Singular Vectors: Reducing Task Interference in Model Merging", "2412.00081"));
  }

  @Override
  public String summary() {
    return "orthogonalise the tasks' singular vectors, then add up";
  }

  @Override
  public Merger create(TsvMConfig config) {
    return new MatrixMerger(new TsvMRule(config));
  }

  @Override
  public MergerTraits traits(TsvMConfig config) {
    return Needs.taskVectors(Granularity.MATRIX);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.LINEAR));
  }
}
