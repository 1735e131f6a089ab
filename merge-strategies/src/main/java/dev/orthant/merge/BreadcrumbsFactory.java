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
 * Model Breadcrumbs: drop both tails of each delta's magnitudes, outliers and negligible elements,
 * and add up.
 *
 * <pre>
 *   mask    x_i = tau_i without its gamma * n greatest and its (1 - density - gamma) * n smallest
 *   merge   tau = lambda * sum_i w_i x_i
 * </pre>
 *
 * <p>Tensor by tensor. If density + gamma is above 1, fewer of the greatest are dropped. At density
 * 1 this is task arithmetic and low-rank deltas stay low-rank.
 *
 * <p>Davari and Belilovsky, Model Breadcrumbs, ECCV 2024.
 */
public final class BreadcrumbsFactory implements MergerFactory<BreadcrumbsConfig> {

  @Override
  public String name() {
    return "breadcrumbs";
  }

  @Override
  public BreadcrumbsConfig defaults() {
    return BreadcrumbsConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "Model Breadcrumbs: Scaling Multi-Task Model Merging with Sparse Masks", "2312.06795"));
  }

  @Override
  public String summary() {
    return "drop the greatest and the smallest elements, add up";
  }

  @Override
  public Merger create(BreadcrumbsConfig config) {
    return config.rule();
  }

  @Override
  public Merger createPerInput(List<BreadcrumbsConfig> configs) {
    return configs.stream().distinct().count() == 1
        ? create(configs.get(0))
        : PerInput.rule(name(), configs.stream().map(this::create).toList());
  }

  @Override
  public MergerTraits traits(BreadcrumbsConfig config) {
    return Needs.taskVectors(Granularity.MATRIX);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.LINEAR));
  }
}
