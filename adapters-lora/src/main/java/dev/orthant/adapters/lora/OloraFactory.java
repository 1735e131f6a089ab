package dev.orthant.adapters.lora;

import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.AdapterLaw;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.Reference;
import dev.orthant.core.spi.Site;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * OLoRA: LoRA whose factors start as the first columns and rows of the base weights' QR
 * decomposition, {@code W = Q R},
 *
 * <pre>
 *   A_0 = R_r    [rank, dIn]
 *   B_0 = Q_r    [dOut, rank], orthonormal columns
 *   delta = scaling * (B A - B_0 A_0)
 * </pre>
 *
 * <p>so B starts well-conditioned. The paper takes {@code scaling * B_0 A_0} out of the frozen
 * weights; here it is taken out of the delta, which is the same model, and the base stays what it
 * is. Only dropout differs: it acts on both products here, and in PEFT on the first. The delta is
 * exported as plain LoRA of twice the rank.
 *
 * <p>Büyükakyüz, "OLoRA: Orthonormal Low-Rank Adaptation of Large Language Models", section 3.
 */
public final class OloraFactory implements AdapterFactory<OloraConfig> {

  /** For {@link java.util.ServiceLoader}. */
  public OloraFactory() {}

  @Override
  public String name() {
    return "olora";
  }

  @Override
  public String summary() {
    return "LoRA that starts at an orthonormal basis of the base weights' columns";
  }

  @Override
  public OloraConfig defaults() {
    return OloraConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "OLoRA: Orthonormal Low-Rank Adaptation of Large Language Models", "2406.01775"));
  }

  @Override
  public Map<String, OloraConfig> plan(OloraConfig config, List<Site> sites) {
    return config.settings().plan(sites, config::at);
  }

  @Override
  public int rank(OloraConfig config) {
    return config.rank();
  }

  @Override
  public Optional<String> refusesBasis() {
    return Optional.of("its A starts as rows of the base weights' triangular factor");
  }

  @Override
  public Adapter create(OloraConfig config, AdapterSite site) {
    Matrix.Qr qr = BaseMatrix.of(site, config.rank()).qr();
    INDArray a = qr.r().rows(0, config.rank()).toArray();
    INDArray b = qr.q().columns(0, config.rank()).toArray();
    return new ResidualAdapter(config.settings(), new Factors(a, b));
  }

  @Override
  public Adapter blank(OloraConfig config, AdapterSite site) {
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
}
