package dev.orthant.adapters.lora;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.Site;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class EvaTest {

  /** A residual of 1e-11 over gaps of a few percent of the trace, and rounding to single. */
  private static final double TOLERANCE = 1e-6;

  private static final List<Site> SITES =
      List.of(new Site("l.0.query", 0, 4, 3), new Site("l.0.value", 0, 4, 3));

  private final EvaFactory factory = new EvaFactory();

  /**
   * Shares of variance: query 0.7, 0.2, 0.1, 0 and value 0.4, 0.3, 0.2, 0.1. At rank 2 four
   * directions are shared out: the first of each, then value's 0.3, then of the two 0.2 query's,
   * which comes first.
   */
  @Test
  void directionsThatExplainMostAreTaken() {
    EvaConfig config = config(2, 4, 2);
    Map<String, FeatureStatistics> features = new LinkedHashMap<>();
    features.put("l.0.query", varying(7, 2, 1, 0));
    features.put("l.0.value", varying(4, 3, 2, 1));

    Map<String, EvaConfig> plan = factory.plan(config, SITES, features);

    assertThat(plan.get("l.0.query").rank()).isEqualTo(2);
    assertThat(plan.get("l.0.value").rank()).isEqualTo(2);
  }

  /** Query's 0.4 and 0.3 come before value's second direction, which explains 0.1. */
  @Test
  void ranksMoveToModulesThatNeedThemAndKeepTheirScaling() {
    EvaConfig config = config(2, 4, 2);
    Map<String, FeatureStatistics> features = new LinkedHashMap<>();
    features.put("l.0.query", varying(4, 4, 3, 0));
    features.put("l.0.value", varying(9, 1, 0, 0));

    Map<String, EvaConfig> plan = factory.plan(config, SITES, features);

    assertThat(plan.get("l.0.query").rank()).isEqualTo(3);
    assertThat(plan.get("l.0.value").rank()).isEqualTo(1);
    assertThat(plan.values()).allMatch(c -> c.settings().scaling() == 2);
  }

  @Test
  void withRhoOneEveryModuleKeepsItsRankWithoutLooking() {
    EvaConfig config = config(2, 4, 1);

    assertThat(factory.plan(config, SITES, Map.of())).isEqualTo(factory.plan(config, SITES));
  }

  @Test
  void aStartsAlongTheLeadingDirectionsOfTheCentredFeatures() {
    Adapter adapter =
        factory.create(
            config(2, 4, 1),
            AdapterSite.builder(SITES.get(0), new Random(1))
                .ownStatistics(varying(1, 5, 2, 9))
                .build());

    INDArray a = adapter.parameters().get(0).value();
    assertThatTensor(a)
        .isCloseTo(Nd4j.createFromArray(new float[][] {{0, 0, 0, 1}, {0, 1, 0, 0}}), TOLERANCE, 0);
  }

  @Test
  void missingOrConstantFeaturesAndBadSettingsAreRefused() {
    assertThatThrownBy(() -> factory.plan(config(2, 4, 2), SITES, Map.of()))
        .hasMessage(
            "eva needs statistics of the task's features at module 'l.0.query', and there are none");
    Map<String, FeatureStatistics> constant = new LinkedHashMap<>();
    SITES.forEach(site -> constant.put(site.module(), varying(0, 0, 0, 0)));
    assertThatThrownBy(() -> factory.plan(config(2, 4, 2), SITES, constant))
        .hasMessage("the features of task 'task' at module 'l.0.query' do not vary");
    assertThatThrownBy(() -> config(2, 4, 0.5))
        .hasMessage("rho must be at least 1 and finite, was 0.5");
  }

  @Test
  void directionsOfLargeMatricesEqualCommonsMaths() {
    int d = 150;
    Random random = new Random(5);
    double[][] factor = new double[d][d];
    for (double[] row : factor) {
      for (int j = 0; j < d; j++) {
        row[j] = random.nextGaussian() * Math.pow(0.93, j);
      }
    }
    Array2DRowRealMatrix x = new Array2DRowRealMatrix(factor);
    double[][] covariance = x.transpose().multiply(x).getData();
    double[] flat = Arrays.stream(covariance).flatMapToDouble(Arrays::stream).toArray();
    EigenDecomposition expected = new EigenDecomposition(new Array2DRowRealMatrix(covariance));

    PrincipalDirections found =
        PrincipalDirections.of(new Matrix(d, d, flat), 6); // which is not decomposed whole

    for (int i = 0; i < 6; i++) {
      double value = expected.getRealEigenvalue(i);
      assertThat(found.variances()[i]).isCloseTo(value, within(TOLERANCE * value));
      double cosine = 0;
      for (int j = 0; j < d; j++) {
        cosine += found.rows().at(i, j) * expected.getEigenvector(i).getEntry(j);
      }
      assertThat(Math.abs(cosine)).isCloseTo(1, within(TOLERANCE));
    }
  }

  /** Features on the axes around a mean that is not zero, of these variances. */
  private static FeatureStatistics varying(double... variances) {
    int d = variances.length;
    long count = 101;
    double[] sum = new double[d];
    double[] gram = new double[d * d];
    for (int i = 0; i < d; i++) {
      sum[i] = 3 * count;
      for (int j = 0; j < d; j++) {
        gram[i * d + j] = 9 * count + (i == j ? (count - 1) * variances[i] : 0);
      }
    }
    return new FeatureStatistics("task", count, sum, gram);
  }

  private static EvaConfig config(int rank, double alpha, double rho) {
    return new EvaConfig(
        rank,
        alpha,
        false,
        0,
        List.of("query", "value"),
        List.of(),
        List.of(),
        Map.of(),
        Map.of(),
        rho,
        true,
        false);
  }
}
