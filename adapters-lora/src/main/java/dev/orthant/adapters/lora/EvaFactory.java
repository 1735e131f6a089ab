package dev.orthant.adapters.lora;

import dev.orthant.core.adapter.LowRankFactors;
import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.AdapterLaw;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.Reference;
import dev.orthant.core.spi.Site;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * EVA: LoRA whose A starts as the leading eigenvectors of the covariance of this task's features at
 * its module, and whose ranks are shared out by how much of the variance they explain,
 *
 * <pre>
 *   C = covariance of x = V diag(lambda) V'
 *   A_0 = V_r'    [rank, dIn];  rows divided by sqrt(sigma) if whitened, sigma = sqrt(n lambda)
 *   B_0 = 0       [dOut, rank]
 *   delta = scaling * B A
 * </pre>
 *
 * <p>With M modules, the {@code rank * M} largest of all modules' explained shares {@code lambda_i
 * / trace(C)}, at most {@code rho * rank} from each module, decide how many directions each gets; a
 * module that gets none has no adapter. Of equal shares those of earlier modules come first.
 *
 * <p>The features are those of the pretrained model, from the statistics that constraints use too.
 *
 * <p>Paischer et al., "One Initialization to Rule them All: Fine-tuning via Explained Variance
 * Adaptation", section 3.
 */
public final class EvaFactory implements AdapterFactory<EvaConfig> {

  /** For {@link java.util.ServiceLoader}. */
  public EvaFactory() {}

  @Override
  public String name() {
    return "eva";
  }

  @Override
  public String summary() {
    return "LoRA whose A starts along the features' leading directions, with ranks to match";
  }

  @Override
  public EvaConfig defaults() {
    return EvaConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "One Initialization to Rule them All: Fine-tuning via Explained Variance Adaptation",
            "2410.07170"));
  }

  @Override
  public Map<String, EvaConfig> plan(EvaConfig config, List<Site> sites) {
    return config.settings().plan(sites, config::at);
  }

  @Override
  public Map<String, EvaConfig> plan(
      EvaConfig config, List<Site> sites, Map<String, FeatureStatistics> features) {
    Map<String, EvaConfig> equal = plan(config, sites);
    if (config.rho() == 1) {
      return equal;
    }
    List<Share> shares = new ArrayList<>();
    for (Site site : sites) {
      if (equal.containsKey(site.module())) {
        FeatureStatistics here = features.get(site.module());
        if (here == null) {
          throw missing(site.module());
        }
        int most = (int) Math.min(Math.round(config.rank() * config.rho()), site.dIn());
        PrincipalDirections directions = directions(here, most, site);
        for (int i = 1; i < most; i++) { // the first is there without asking
          shares.add(new Share(site.module(), directions.variances()[i] / directions.total()));
        }
      }
    }
    shares.sort(Comparator.comparingDouble(Share::explained).reversed()); // stable
    Map<String, Integer> ranks = new HashMap<>();
    shares.stream()
        .limit((config.rank() - 1L) * equal.size())
        .forEach(share -> ranks.merge(share.module(), 1, Integer::sum));
    Map<String, EvaConfig> plan = new LinkedHashMap<>();
    equal.forEach(
        (module, there) -> {
          int rank = 1 + ranks.getOrDefault(module, 0);
          plan.put(module, there.at(rank, alpha(config, there, rank)));
        });
    return plan;
  }

  /** How much of a module's variance one direction explains. */
  private record Share(String module, double explained) {}

  private static double alpha(EvaConfig config, EvaConfig there, int rank) {
    if (!config.adjustAlpha()) {
      return there.alpha();
    }
    double growth = (double) rank / config.rank();
    return there.alpha() * (config.rankStabilised() ? Math.sqrt(growth) : growth);
  }

  private static PrincipalDirections directions(FeatureStatistics features, int count, Site site) {
    if (count > site.dIn()) {
      throw new IllegalArgumentException(
          "rank must be at most %d at module '%s', whose features are so many, was %d"
              .formatted(site.dIn(), site.module(), count));
    }
    int d = features.dimension();
    PrincipalDirections directions =
        PrincipalDirections.of(new Matrix(d, d, features.covariance()), count);
    if (!(directions.total() > 0)) {
      throw new IllegalArgumentException(
          "the features of task '%s' at module '%s' do not vary"
              .formatted(features.task(), site.module()));
    }
    return directions;
  }

  private static IllegalArgumentException missing(String module) {
    return new IllegalArgumentException(
        "eva needs statistics of the task's features at module '%s', and there are none"
            .formatted(module));
  }

  @Override
  public int rank(EvaConfig config) {
    return config.rank();
  }

  @Override
  public Optional<String> refusesBasis() {
    return Optional.of("its A starts along the leading directions of the features");
  }

  @Override
  public Adapter create(EvaConfig config, AdapterSite site) {
    FeatureStatistics features =
        site.ownStatistics().orElseThrow(() -> missing(site.site().module()));
    PrincipalDirections directions = directions(features, config.rank(), site.site());
    Matrix rows = directions.rows();
    if (config.whiten()) {
      double[] factors = new double[config.rank()];
      for (int i = 0; i < factors.length; i++) {
        double sigma = Math.sqrt(features.count() * directions.variances()[i]);
        factors[i] = sigma == 0 ? 1 : 1 / Math.sqrt(sigma);
      }
      rows = rows.scaledRows(factors.length, factors);
    }
    INDArray none = Nd4j.zeros(DataType.FLOAT, site.site().dOut(), config.rank());
    return adapter(config, new Factors(rows.toArray(), none));
  }

  @Override
  public Adapter blank(EvaConfig config, AdapterSite site) {
    return adapter(config, Factors.blank(config.rank(), site.site()));
  }

  private static Adapter adapter(EvaConfig config, Factors start) {
    return new LoraAdapter(
        config.settings(),
        Parameter.trainable(LowRankFactors.A, start.a()),
        Parameter.trainable(LowRankFactors.B, start.b()));
  }

  @Override
  public Set<AdapterLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(AdapterLaw.ROWS_WITHIN_BASIS));
  }
}
