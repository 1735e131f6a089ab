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
 * Model Breadcrumbs with sign election: drop both tails of each delta's magnitudes, elect a sign
 * per element and merge the inputs that agree with it.
 *
 * <pre>
 *   mask         x_i = tau_i without its gamma * n greatest and its (1 - density - gamma) * n smallest
 *   elect sign   s   = sign(sum_i w_i x_i)
 *   merge        tau = lambda * sum_{i: sign(w_i x_i) = s} w_i x_i / sum_{the same i} |w_i|
 * </pre>
 *
 * <p>mergekit's combination; neither paper has it. Cancelled votes are positive. The result is
 * dense.
 *
 * <p>Davari and Belilovsky, Model Breadcrumbs, ECCV 2024; Yadav et al., TIES-Merging, NeurIPS 2023.
 */
public final class BreadcrumbsTiesFactory implements MergerFactory<BreadcrumbsTiesConfig> {

  @Override
  public String name() {
    return "breadcrumbs-ties";
  }

  @Override
  public BreadcrumbsTiesConfig defaults() {
    return BreadcrumbsTiesConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "Model Breadcrumbs: Scaling Multi-Task Model Merging with Sparse Masks", "2312.06795"),
        new Reference("TIES-Merging: Resolving Interference When Merging Models", "2306.01708"));
  }

  @Override
  public String summary() {
    return "drop the greatest and the smallest elements, elect signs, merge what agrees";
  }

  @Override
  public Merger create(BreadcrumbsTiesConfig config) {
    return config.rule();
  }

  @Override
  public Merger createPerInput(List<BreadcrumbsTiesConfig> configs) {
    return configs.stream().distinct().count() == 1
        ? create(configs.get(0))
        : PerInput.rule(name(), configs.stream().map(this::create).toList());
  }

  @Override
  public MergerTraits traits(BreadcrumbsTiesConfig config) {
    return Needs.taskVectors(Granularity.MATRIX);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.LINEAR));
  }
}
