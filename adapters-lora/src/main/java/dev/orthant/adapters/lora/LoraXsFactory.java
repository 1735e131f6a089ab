package dev.orthant.adapters.lora;

import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.AdapterLaw;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.Reference;
import dev.orthant.core.spi.Site;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * LoRA-XS: a trained core R between frozen factors from the base weights' singular value
 * decomposition, {@code W = U diag(sigma) V'},
 *
 * <pre>
 *   A = diag(sigma_r) V_r'    [rank, dIn], frozen
 *   B = U_r                   [dOut, rank], frozen
 *   delta = scaling * B R A,  R [rank, rank], zero at the start
 * </pre>
 *
 * <p>It trains rank * rank numbers a module, whatever the module's size. The delta is exported as
 * plain LoRA, with R folded into A.
 *
 * <p>Bałazy et al., "LoRA-XS: Low-Rank Adaptation with Extremely Small Number of Parameters",
 * section 3.
 */
public final class LoraXsFactory implements AdapterFactory<LoraXsConfig> {

  /** For {@link java.util.ServiceLoader}. */
  public LoraXsFactory() {}

  @Override
  public String name() {
    return "lora-xs";
  }

  @Override
  public String summary() {
    return "a trained rank x rank core between frozen singular vectors of the base weights";
  }

  @Override
  public LoraXsConfig defaults() {
    return LoraXsConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "LoRA-XS: Low-Rank Adaptation with Extremely Small Number of Parameters",
            "2405.17604"));
  }

  @Override
  public Map<String, LoraXsConfig> plan(LoraXsConfig config, List<Site> sites) {
    return config.settings().plan(sites, config::at);
  }

  @Override
  public int rank(LoraXsConfig config) {
    return config.rank();
  }

  @Override
  public Optional<String> refusesBasis() {
    return Optional.of("its A and B are singular vectors of the base weights");
  }

  @Override
  public Adapter create(LoraXsConfig config, AdapterSite site) {
    int rank = config.rank();
    Matrix.Svd svd = BaseMatrix.of(site, rank).svd();
    double[] ones = new double[rank];
    Arrays.fill(ones, 1);
    return new LoraXsAdapter(
        config.settings(),
        new Factors(
            svd.vt().scaledRows(rank, svd.s()).toArray(),
            svd.u().scaledColumns(rank, ones).toArray()));
  }

  @Override
  public Adapter blank(LoraXsConfig config, AdapterSite site) {
    return new LoraXsAdapter(config.settings(), Factors.blank(config.rank(), site.site()));
  }

  @Override
  public Set<AdapterLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(AdapterLaw.ROWS_WITHIN_BASIS));
  }
}
