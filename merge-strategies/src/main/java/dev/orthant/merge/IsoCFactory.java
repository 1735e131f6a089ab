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
 * Iso-C: the sum of the deltas with all singular values replaced by their mean.
 *
 * <pre>
 *   sum_i w_i tau_i = U S V',   tau = lambda * mean(S) * U V'
 * </pre>
 *
 * <p>Only over the directions of values that are not zero: over all min(dOut, dIn), as published, a
 * sum of low-rank deltas would get most of its energy in directions that no task has. For a sum of
 * full rank it is the published rule. Tensors that are no matrices get {@code lambda / N * sum_i
 * w_i tau_i}.
 *
 * <p>Marczak et al., No Task Left Behind: Isotropic Model Merging with Common and Task-Specific
 * Subspaces, ICML 2025.
 */
public final class IsoCFactory implements MergerFactory<IsoCConfig> {

  @Override
  public String name() {
    return "iso-c";
  }

  @Override
  public IsoCConfig defaults() {
    return IsoCConfig.defaults();
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
    return "the sum of the deltas with a flat spectrum";
  }

  @Override
  public Merger create(IsoCConfig config) {
    return new MatrixMerger(new IsoCRule(config));
  }

  @Override
  public MergerTraits traits(IsoCConfig config) {
    return Needs.taskVectors(Granularity.MATRIX);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.LINEAR, MergerLaw.IDENTITY_OF_ONE));
  }
}
