package org.example.orthant;

import dev.orthant.core.adapter.InitialA;
import dev.orthant.core.adapter.LowRankFactors;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.AdapterLaw;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.Reference;
import dev.orthant.core.spi.Site;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The simplest low-rank adapter, a start to change: two trained factors, of which B begins at zero.
 *
 * <pre>
 *   delta = alpha / rank * B A,   A [rank, dIn],  B [dOut, rank]
 * </pre>
 */
public final class PlainLowRankFactory implements AdapterFactory<PlainLowRankConfig> {

  @Override
  public String name() {
    return "plain-low-rank";
  }

  @Override
  public String summary() {
    return "two trained factors, without options";
  }

  @Override
  public PlainLowRankConfig defaults() {
    return PlainLowRankConfig.defaults();
  }

  /** What it was published in, or what its idea is from. */
  @Override
  public List<Reference> references() {
    return List.of(
        new Reference("LoRA: Low-Rank Adaptation of Large Language Models", "2106.09685"));
  }

  @Override
  public Map<String, PlainLowRankConfig> plan(PlainLowRankConfig config, List<Site> sites) {
    Map<String, PlainLowRankConfig> plan = new LinkedHashMap<>();
    config.targets().select(sites).forEach(site -> plan.put(site.module(), config));
    if (plan.isEmpty()) {
      throw new IllegalArgumentException(
          "target_modules %s match none of the %d modules, such as %s"
              .formatted(
                  config.targetModules(),
                  sites.size(),
                  sites.isEmpty() ? "" : sites.get(0).module()));
    }
    return plan;
  }

  @Override
  public int rank(PlainLowRankConfig config) {
    return config.rank();
  }

  /** The factors begin as a constraint's basis where there is one. */
  @Override
  public Adapter create(PlainLowRankConfig config, AdapterSite site) {
    return new PlainLowRank(
        config,
        LowRankFactors.a(site, config.rank(), InitialA.KAIMING),
        LowRankFactors.b(site, config.rank()));
  }

  /** What the contract's tests hold it to. */
  @Override
  public Set<AdapterLaw> laws() {
    return EnumSet.allOf(AdapterLaw.class);
  }
}
