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
 * DoRA: the rows of the adapted weights have trained lengths m, and LoRA turns their directions,
 *
 * <pre>
 *   V     = W + scaling * B A,   A [rank, dIn],  B [dOut, rank]
 *   W'    = diag(m / n) V,       n_i = ||V_i||,  m [dOut]
 *   y     = bias + m / n * (W x + scaling * B A dropout(x))
 *   delta = W' - W
 * </pre>
 *
 * <p>m starts as the row norms of W and B at zero, so that a fresh adapter changes nothing. The
 * gradient takes n as a constant, as the paper proposes in its section 4.3. m is exempt from weight
 * decay.
 *
 * <p>The delta depends on W and is not of low rank. Merging therefore needs the base, and gives
 * full matrices unless a rank is asked for.
 *
 * <p>Liu et al., "DoRA: Weight-Decomposed Low-Rank Adaptation", section 4.
 */
public final class DoraFactory implements AdapterFactory<DoraConfig> {

  /** For {@link java.util.ServiceLoader}. */
  public DoraFactory() {}

  @Override
  public String name() {
    return "dora";
  }

  @Override
  public String summary() {
    return "LoRA for the directions of the weights' rows, and a trained length for each row";
  }

  @Override
  public DoraConfig defaults() {
    return DoraConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(new Reference("DoRA: Weight-Decomposed Low-Rank Adaptation", "2402.09353"));
  }

  @Override
  public Map<String, DoraConfig> plan(DoraConfig config, List<Site> sites) {
    return config.settings().plan(sites, config::at);
  }

  @Override
  public int rank(DoraConfig config) {
    return config.rank();
  }

  @Override
  public Adapter create(DoraConfig config, AdapterSite site) {
    return new DoraAdapter(
        config.settings(),
        site,
        LowRankFactors.a(site, config.rank(), config.init()),
        LowRankFactors.b(site, config.rank()));
  }

  @Override
  public Set<AdapterLaw> laws() {
    return EnumSet.of(AdapterLaw.IDENTITY_AT_START, AdapterLaw.IDENTITY_TO_ROUNDING_AT_START);
  }
}
