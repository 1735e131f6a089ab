package dev.orthant.adapters.lora;

import dev.orthant.core.adapter.LowRankFactors;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.AdapterLaw;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.Reference;
import dev.orthant.core.spi.Site;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * LoRA: the delta of a frozen weight [dOut, dIn] is the product of two trained factors,
 *
 * <pre>
 *   delta = scaling * B A,   A [rank, dIn],  B [dOut, rank]
 *   y     = base + scaling * B A dropout(x)
 *   scaling = alpha / rank, or alpha / sqrt(rank) if rank-stabilised
 * </pre>
 *
 * <p>B starts at zero and A as {@link LoraConfig#init} says, so that a fresh adapter changes
 * nothing; with a subspace constraint A starts as the rows of its basis. Names, meanings and
 * matching of modules are those of Hugging Face PEFT, and {@code export} gives what it reads.
 *
 * <p>Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", section 4.1.
 */
public final class LoraFactory implements AdapterFactory<LoraConfig> {

  /** For {@link java.util.ServiceLoader}. */
  public LoraFactory() {}

  @Override
  public String name() {
    return "lora";
  }

  @Override
  public String summary() {
    return "low-rank adapter, delta = scaling * B A";
  }

  @Override
  public LoraConfig defaults() {
    return LoraConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference("LoRA: Low-Rank Adaptation of Large Language Models", "2106.09685"),
        new Reference(
            "A Rank Stabilization Scaling Factor for Fine-Tuning with LoRA", "2312.03732"));
  }

  @Override
  public Map<String, LoraConfig> plan(LoraConfig config, List<Site> sites) {
    return config.settings().plan(sites, config::at);
  }

  @Override
  public int rank(LoraConfig config) {
    return config.rank();
  }

  @Override
  public Adapter create(LoraConfig config, AdapterSite site) {
    return new LoraAdapter(
        config.settings(),
        LowRankFactors.a(site, config.rank(), config.init()),
        LowRankFactors.b(site, config.rank()));
  }

  @Override
  public Set<AdapterLaw> laws() {
    return EnumSet.allOf(AdapterLaw.class);
  }
}
