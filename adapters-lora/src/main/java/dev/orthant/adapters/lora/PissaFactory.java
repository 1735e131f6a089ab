package dev.orthant.adapters.lora;

import dev.orthant.adapters.lora.PissaConfig.Decomposition;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.LowRank;
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
 * PiSSA: LoRA whose factors start as the leading part of the base weights' singular value
 * decomposition, {@code W = U diag(sigma) V'},
 *
 * <pre>
 *   A_0 = diag(sqrt(sigma_r / scaling)) V_r'    [rank, dIn]
 *   B_0 = U_r diag(sqrt(sigma_r / scaling))     [dOut, rank]
 *   delta = scaling * (B A - B_0 A_0)
 * </pre>
 *
 * <p>so that training moves the directions that the base uses most. The paper takes {@code scaling
 * * B_0 A_0} out of the frozen weights; here it is taken out of the delta, which is the same model,
 * and the base stays what it is. Only dropout differs: it acts on both products here, and in PEFT
 * on the first. The delta is exported as plain LoRA of twice the rank.
 *
 * <p>Meng et al., "PiSSA: Principal Singular Values and Singular Vectors Adaptation of Large
 * Language Models", section 3.
 */
public final class PissaFactory implements AdapterFactory<PissaConfig> {

  /** For {@link java.util.ServiceLoader}. */
  public PissaFactory() {}

  @Override
  public String name() {
    return "pissa";
  }

  @Override
  public String summary() {
    return "LoRA that starts at the base weights' leading singular vectors";
  }

  @Override
  public PissaConfig defaults() {
    return PissaConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "PiSSA: Principal Singular Values and Singular Vectors Adaptation of Large Language Models",
            "2404.02948"));
  }

  @Override
  public Map<String, PissaConfig> plan(PissaConfig config, List<Site> sites) {
    return config.settings().plan(sites, config::at);
  }

  @Override
  public int rank(PissaConfig config) {
    return config.rank();
  }

  @Override
  public Optional<String> refusesBasis() {
    return Optional.of("its A starts as singular vectors of the base weights");
  }

  @Override
  public Adapter create(PissaConfig config, AdapterSite site) {
    return new ResidualAdapter(config.settings(), start(config, site));
  }

  @Override
  public Adapter blank(PissaConfig config, AdapterSite site) {
    return new ResidualAdapter(config.settings(), Factors.blank(config.rank(), site.site()));
  }

  @Override
  public Set<AdapterLaw> laws() {
    return EnumSet.of(
        AdapterLaw.IDENTITY_AT_START,
        AdapterLaw.IDENTITY_TO_ROUNDING_AT_START,
        AdapterLaw.WHOLE_GRADIENTS,
        AdapterLaw.LINEAR_IN_ALPHA);
  }

  private static Factors start(PissaConfig config, AdapterSite site) {
    int rank = config.rank();
    double scaling = config.settings().scaling();
    Matrix weights = BaseMatrix.of(site, rank);
    if (config.decomposition() == Decomposition.FAST) {
      DenseDelta dense = new DenseDelta(site.baseWeights());
      LoraDelta leading =
          LowRank.approximate(dense, rank, 1, site.random().nextLong()).delta(); // of scaling 1
      if (leading.rank() == rank) { // fewer, where the weights have no more directions
        double share = 1 / Math.sqrt(scaling);
        return new Factors(leading.a().mul(share), leading.b().mul(share));
      }
    }
    Matrix.Svd svd = weights.svd();
    double[] roots = new double[rank];
    Arrays.setAll(roots, i -> Math.sqrt(svd.s()[i] / scaling));
    return new Factors(
        svd.vt().scaledRows(rank, roots).toArray(), svd.u().scaledColumns(rank, roots).toArray());
  }
}
