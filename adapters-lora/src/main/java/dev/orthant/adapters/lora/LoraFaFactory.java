package dev.orthant.adapters.lora;

import dev.orthant.core.adapter.LowRankFactors;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.AdapterLaw;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.ConstrainedBasis;
import dev.orthant.core.spi.ConstrainedBasis.Side;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.Reference;
import dev.orthant.core.spi.Site;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * LoRA-FA: LoRA whose A is frozen,
 *
 * <pre>
 *   delta = scaling * B A,   A as it was drawn or as a constraint gives it,  B trained
 * </pre>
 *
 * <p>Half of the parameters are trained. For the gradient of B a backward pass needs A x [n, rank]
 * of a layer's input x and not x itself.
 *
 * <p>Zhang et al., "LoRA-FA: Memory-efficient Low-rank Adaptation for Large Language Models
 * Fine-tuning", 2023.
 */
public final class LoraFaFactory implements AdapterFactory<LoraFaConfig> {

  /** For {@link java.util.ServiceLoader}. */
  public LoraFaFactory() {}

  @Override
  public String name() {
    return "lora-fa";
  }

  @Override
  public String summary() {
    return "LoRA whose A stays as it was drawn";
  }

  @Override
  public LoraFaConfig defaults() {
    return LoraFaConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "LoRA-FA: Memory-efficient Low-rank Adaptation for Large Language Models Fine-tuning",
            "2308.03303"));
  }

  @Override
  public Map<String, LoraFaConfig> plan(LoraFaConfig config, List<Site> sites) {
    return config.lora().settings().plan(sites, config::at);
  }

  @Override
  public int rank(LoraFaConfig config) {
    return config.rank();
  }

  @Override
  public Adapter create(LoraFaConfig config, AdapterSite site) {
    if (site.basis().map(ConstrainedBasis::side).equals(Optional.of(Side.OUTPUT))) {
      throw new IllegalArgumentException(
          "lora-fa cannot be trained with a constraint that gives B: A would be frozen at zero, so the delta would stay zero");
    }
    Parameter drawn = LowRankFactors.a(site, config.rank(), config.init());
    return new LoraAdapter(
        config.lora().settings(),
        Parameter.frozen(drawn.name(), drawn.value()),
        LowRankFactors.b(site, config.rank()));
  }

  @Override
  public Set<AdapterLaw> laws() {
    return EnumSet.allOf(AdapterLaw.class);
  }
}
