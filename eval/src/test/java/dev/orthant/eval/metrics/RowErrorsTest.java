package dev.orthant.eval.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.testing.Golden;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RowErrorsTest {

  /** Sums of at most 100 numbers in double precision. */
  private static final double ROUNDING = 1e-12;

  /** A standard deviation of 1,000 samples is known to about 1 / sqrt(2 * 1000), or 2.2 %. */
  private static final double BOOTSTRAP = 0.1;

  private static final Golden GOLDEN =
      Golden.load(RowErrorsTest.class, "/reference/intervals/intervals.json");

  @ParameterizedTest
  @MethodSource("rows")
  void theErrorOfAccuracyEqualsSciPysOverTheRowsMeans(JsonNode golden) {
    List<Score> scores = scores(Metric.ACCURACY, golden.get("right"));
    List<Score> others = scores(Metric.ACCURACY, golden.get("other"));

    assertThat(RowErrors.of(scores, List.of()))
        .isCloseTo(golden.get("error").asDouble(), within(ROUNDING));
    assertThat(RowErrors.of(scores, others))
        .isCloseTo(golden.get("paired_error").asDouble(), within(ROUNDING));
  }

  @Test
  void theBootstrapOfOtherMetricsIsAboutTheErrorOfAccuracyWhereTheyAgree() {
    JsonNode right = GOLDEN.at("rows").get(1).get("right");

    double accuracy = RowErrors.of(scores(Metric.ACCURACY, right), List.of());
    double f1 = RowErrors.of(scores(Metric.F1, right), List.of());

    // all rows are of class 1: F1 is 2 p / (1 + p), whose slope at p is 2 / (1 + p)^2
    double p =
        scores(Metric.ACCURACY, right).stream().mapToDouble(Score::value).average().orElse(0);
    assertThat(f1).isCloseTo(accuracy * 2 / ((1 + p) * (1 + p)), within(BOOTSTRAP * accuracy));
  }

  @Test
  void otherRowsAndUnequalNumbersAreRefused() {
    List<Score> one = scores(Metric.ACCURACY, GOLDEN.at("rows").get(0).get("right"));
    List<Score> three = scores(Metric.ACCURACY, GOLDEN.at("rows").get(1).get("right"));

    assertThatThrownBy(() -> RowErrors.of(one, three)).hasMessageContaining("the same rows");
    assertThatThrownBy(() -> RowErrors.of(three, three.subList(0, 2)))
        .hasMessage("3 scores cannot be paired with 2");
  }

  private static Stream<Named<JsonNode>> rows() {
    return StreamSupport.stream(GOLDEN.at("rows").spliterator(), false)
        .map(node -> Named.of(node.get("name").asText(), node));
  }

  /** All rows are of class 1. */
  private static List<Score> scores(Metric metric, JsonNode repetitions) {
    List<Score> scores = new ArrayList<>();
    for (JsonNode repetition : repetitions) {
      double[] predicted =
          StreamSupport.stream(repetition.spliterator(), false)
              .mapToDouble(JsonNode::asDouble)
              .toArray();
      double[] actual = new double[predicted.length];
      Arrays.fill(actual, 1);
      scores.add(new Score(metric, metric.value(predicted, actual, 2), predicted, actual, 2));
    }
    return scores;
  }
}
