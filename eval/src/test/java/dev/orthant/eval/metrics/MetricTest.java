package dev.orthant.eval.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.testing.Golden;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class MetricTest {

  /** Sums of at most 200 numbers in double precision. */
  private static final double ROUNDING = 1e-12;

  private static final Golden GOLDEN =
      Golden.load(MetricTest.class, "/reference/metrics/scores.json");

  @ParameterizedTest
  @MethodSource("classes")
  void equalsScikitLearn(JsonNode golden) {
    double[] actual = doubles(golden.get("actual"));
    double[] predicted = doubles(golden.get("predicted"));
    int classes = golden.get("classes").asInt();

    for (Metric metric :
        new Metric[] {Metric.ACCURACY, Metric.F1, Metric.MACRO_F1, Metric.MATTHEWS}) {
      double value = metric.value(predicted, actual, classes);

      assertThat(value)
          .as(metric.id())
          .isCloseTo(golden.get(metric.id()).asDouble(), within(ROUNDING));
    }
  }

  @ParameterizedTest
  @MethodSource("numbers")
  void equalsSciPy(JsonNode golden) {
    double[] actual = doubles(golden.get("actual"));
    double[] predicted = doubles(golden.get("predicted"));

    for (Metric metric : new Metric[] {Metric.PEARSON, Metric.SPEARMAN}) {
      double value = metric.value(predicted, actual, 0);

      JsonNode expected = golden.get(metric.id());
      if (expected.isNull()) {
        assertThat(value).as(metric.id()).isNaN();
      } else {
        assertThat(value).as(metric.id()).isCloseTo(expected.asDouble(), within(ROUNDING));
      }
    }
  }

  @Test
  void matthewsByHand() {
    // TP 2, TN 1, FP 1, FN 0: (2 * 1 - 1 * 0) / sqrt(3 * 2 * 2 * 1) = 2 / sqrt(12)
    double value = Metric.MATTHEWS.value(new double[] {1, 1, 1, 0}, new double[] {1, 1, 0, 0}, 2);

    assertThat(value).isCloseTo(2 / Math.sqrt(12), within(ROUNDING));
  }

  @Test
  void metricsOfTwoPartsAreTheirMeans() {
    double[] predicted = {1, 1, 0, 0, 1};
    double[] actual = {1, 0, 0, 1, 1};

    for (Metric metric : List.of(Metric.ACCURACY_F1, Metric.PEARSON_SPEARMAN)) {
      double mean =
          metric.parts().stream()
              .mapToDouble(part -> part.value(predicted, actual, 2))
              .average()
              .orElseThrow();

      assertThat(metric.parts()).hasSize(2);
      assertThat(metric.value(predicted, actual, 2)).isCloseTo(mean, within(ROUNDING));
    }
  }

  @Test
  void oneRowHasNoCorrelation() {
    assertThat(Metric.PEARSON.value(new double[] {1}, new double[] {2}, 0)).isNaN();
    assertThat(Metric.SPEARMAN.value(new double[] {1}, new double[] {2}, 0)).isNaN();
  }

  @Test
  void refusesWhatItCannotScore() {
    assertThatThrownBy(() -> Metric.named("acuracy"))
        .hasMessage(
            "no metric 'acuracy', did you mean 'accuracy'?; there are accuracy, f1, macro-f1,"
                + " accuracy-f1, matthews, pearson, spearman, pearson-spearman, token-probability, exact-match");
    assertThatThrownBy(() -> Metric.F1.value(new double[1], new double[2], 2))
        .hasMessage("metric 'f1' needs a prediction for each of at least one row, were 1 and 2");
    assertThatThrownBy(() -> Metric.F1.value(new double[0], new double[0], 2))
        .hasMessageContaining("at least one row");
    assertThatThrownBy(() -> Metric.ACCURACY.value(new double[] {2}, new double[] {1}, 2))
        .hasMessage("a class is an index in [0, 1], was 2.0");
    assertThatThrownBy(
            () -> Metric.PEARSON.value(new double[] {Double.NaN, 1}, new double[] {1, 2}, 0))
        .hasMessage("metric 'pearson' needs finite values, row 1 has NaN for 1.0");
  }

  static Stream<Named<JsonNode>> classes() {
    return cases("classes");
  }

  static Stream<Named<JsonNode>> numbers() {
    return cases("numbers");
  }

  private static Stream<Named<JsonNode>> cases(String kind) {
    return StreamSupport.stream(GOLDEN.at(kind).spliterator(), false)
        .map(n -> Named.of(n.get("name").asText(), n));
  }

  private static double[] doubles(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }

  @Test
  void languageMetricsAreOverTokensAndOverTexts() {
    double[] logs = {Math.log(0.5) + Math.log(0.25), Math.log(0.125)};
    double[] tokens = {2, 1};
    double[] matched = {2, 0};

    // (1/2 * 1/4 * 1/8)^(1/3) = 1/4
    assertThat(Metric.TOKEN_PROBABILITY.value(logs, tokens, 0)).isCloseTo(0.25, within(1e-12));
    assertThat(Metric.EXACT_MATCH.value(matched, tokens, 0)).isEqualTo(0.5);
  }
}
