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
 * Iso-CTS: the leading directions of the sum, completed by directions of each task, with a flat
 * spectrum.
 *
 * <pre>
 *   n = min(dOut, dIn, sum_i rank(tau_i)) directions in all,
 *   k = round((n - floor(f n)) / N) of each task and s = n - N k common ones, f the common fraction
 *   common       U_c S_c V_c' = the first s of the decomposition of sum_i w_i tau_i
 *   of a task    U_i S_i V_i' = the first k of the decomposition of (I - U_c U_c') w_i tau_i
 *   tau = lambda * mean(S_1 .. S_N, S_c) * polar([U_1 .. U_N U_c]) polar([V_1 .. V_N V_c])'
 * </pre>
 *
 * <p>Only directions whose values are not zero take part, and n counts those that the deltas have;
 * for deltas of full rank it is the published rule. Tensors that are no matrices get {@code lambda
 * / N * sum_i w_i tau_i}.
 *
 * <p>Marczak et al., No Task Left Behind: Isotropic Model Merging with Common and Task-Specific
 * Subspaces, ICML 2025.
 */
public final class IsoCtsFactory implements MergerFactory<IsoCtsConfig> {

  @Override
  public String name() {
    return "iso-cts";
  }

  @Override
  public IsoCtsConfig defaults() {
    return IsoCtsConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "No Task Left Behind: Isotropic Model Merging with Common and Task-Specific Subspaces",
            "2502.04959"));
  }

  @Override
  public String summary() {
    return "a common subspace and one of each task, with a flat spectrum";
  }

  @Override
  public Merger create(IsoCtsConfig config) {
    return new MatrixMerger(new IsoCtsRule(config));
  }

  @Override
  public MergerTraits traits(IsoCtsConfig config) {
    return Needs.taskVectors(Granularity.MATRIX);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.LINEAR, MergerLaw.IDENTITY_OF_ONE));
  }
}
