package dev.orthant.adapters.lora;

import dev.orthant.adapters.lora.CordaConfig.Mode;
import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.AdapterLaw;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.Reference;
import dev.orthant.core.spi.Site;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * CorDA: LoRA whose factors start as components of the base weights, seen through the features x of
 * a module,
 *
 * <pre>
 *   C = mean of x x' + damping * mean(diag) * I
 *   W C = U diag(sigma) V'
 *   A_0 = diag(sqrt(sigma_r / scaling)) V_r' C^-1    [rank, dIn]
 *   B_0 = U_r diag(sqrt(sigma_r / scaling))          [dOut, rank]
 *   delta = scaling * (B A - B_0 A_0)
 * </pre>
 *
 * <p>The components r are the leading ones of this task's features ({@code instruction-previewed}),
 * or the last ones of the other tasks' features, equal weight each ({@code knowledge-preserved}),
 * which leaves alone what the base does for them. The paper takes {@code scaling * B_0 A_0} out of
 * the frozen weights; here it is taken out of the delta, which is the same model, and the base
 * stays what it is. Only dropout differs: it acts on both products here, and in PEFT on the first.
 * The delta is exported as plain LoRA of twice the rank.
 *
 * <p>Yang et al., "CorDA: Context-Oriented Decomposition Adaptation of Large Language Models for
 * Task-Aware Parameter-Efficient Fine-tuning", section 3.
 */
public final class CordaFactory implements AdapterFactory<CordaConfig> {

  /** For {@link java.util.ServiceLoader}. */
  public CordaFactory() {}

  @Override
  public String name() {
    return "corda";
  }

  @Override
  public String summary() {
    return "LoRA that starts at the base weights' components along, or across, the features";
  }

  @Override
  public CordaConfig defaults() {
    return CordaConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "CorDA: Context-Oriented Decomposition Adaptation of Large Language Models",
            "2406.05223"));
  }

  @Override
  public Map<String, CordaConfig> plan(CordaConfig config, List<Site> sites) {
    return config.settings().plan(sites, config::at);
  }

  @Override
  public int rank(CordaConfig config) {
    return config.rank();
  }

  @Override
  public Optional<String> refusesBasis() {
    return Optional.of("its A starts as components of the base weights along the features");
  }

  @Override
  public Adapter create(CordaConfig config, AdapterSite site) {
    int rank = config.rank();
    double scaling = config.settings().scaling();
    Matrix weights = BaseMatrix.of(site, rank);
    Matrix c = damped(moment(config, site), config.damping());
    Matrix.Svd svd = weights.times(c).svd();
    int from = config.mode() == Mode.KNOWLEDGE_PRESERVED ? svd.s().length - rank : 0;
    double[] roots = new double[rank];
    Arrays.setAll(roots, i -> Math.sqrt(svd.s()[from + i] / scaling));
    Matrix right = c.solvePositive(svd.vt().rows(from, from + rank).transpose()); // C^-1 V_r
    return new ResidualAdapter(
        config.settings(),
        new Factors(
            right.transpose().scaledRows(rank, roots).toArray(),
            svd.u().columns(from, from + rank).scaledColumns(rank, roots).toArray()));
  }

  @Override
  public Adapter blank(CordaConfig config, AdapterSite site) {
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

  /** The mean of the features' outer products [dIn, dIn]. */
  private static Matrix moment(CordaConfig config, AdapterSite site) {
    boolean own = config.mode() == Mode.INSTRUCTION_PREVIEWED;
    List<FeatureStatistics> features =
        own ? site.ownStatistics().stream().toList() : site.otherStatistics();
    if (features.isEmpty()) {
      throw new IllegalArgumentException(
          "corda needs statistics of %s features at module '%s', and there are none"
              .formatted(own ? "the task's" : "other tasks'", site.site().module()));
    }
    int d = site.site().dIn();
    Matrix sum = new Matrix(d, d, new double[d * d]);
    for (FeatureStatistics each : features) {
      sum = sum.plus(1.0 / features.size(), new Matrix(d, d, each.secondMoment()));
    }
    return sum;
  }

  private static Matrix damped(Matrix moment, double damping) {
    int d = moment.rows();
    double trace = 0;
    for (int i = 0; i < d; i++) {
      trace += moment.at(i, i);
    }
    return moment.plus(damping * trace / d, Matrix.identity(d));
  }
}
