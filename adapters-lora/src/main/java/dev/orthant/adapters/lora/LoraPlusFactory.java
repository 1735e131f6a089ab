package dev.orthant.adapters.lora;

import dev.orthant.core.adapter.LowRankFactors;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.AdapterLaw;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.Reference;
import dev.orthant.core.spi.Site;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * LoRA+: LoRA whose factors have different learning rates,
 *
 * <pre>
 *   delta = scaling * B A,   learning rate of A: that of the training,  of B: ratio times as much
 * </pre>
 *
 * <p>In the limit of wide layers one rate for both leaves A as it was drawn, or B unstable; a
 * larger one for B lets both learn. Only training differs from LoRA.
 *
 * <p>Hayou et al., "LoRA+: Efficient Low Rank Adaptation of Large Models", ICML 2024.
 */
public final class LoraPlusFactory implements AdapterFactory<LoraPlusConfig> {

  /** For {@link java.util.ServiceLoader}. */
  public LoraPlusFactory() {}

  @Override
  public String name() {
    return "lora-plus";
  }

  @Override
  public String summary() {
    return "LoRA whose B learns faster than its A";
  }

  @Override
  public LoraPlusConfig defaults() {
    return LoraPlusConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference("LoRA+: Efficient Low Rank Adaptation of Large Models", "2402.12354"));
  }

  @Override
  public Map<String, LoraPlusConfig> plan(LoraPlusConfig config, List<Site> sites) {
    return config.lora().settings().plan(sites, config::at);
  }

  @Override
  public int rank(LoraPlusConfig config) {
    return config.rank();
  }

  @Override
  public Adapter create(LoraPlusConfig config, AdapterSite site) {
    Parameter b = LowRankFactors.b(site, config.rank());
    return new LoraAdapter(
        config.lora().settings(),
        LowRankFactors.a(site, config.rank(), config.init()),
        b.withLearningRateMultiplier(config.bLearningRateRatio()));
  }

  @Override
  public Set<AdapterLaw> laws() {
    return EnumSet.allOf(AdapterLaw.class);
  }
}
