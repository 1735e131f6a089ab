package dev.orthant.eval.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.testing.Golden;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

final class GaussianProcessTest {

  private static final Golden GOLDEN =
      Golden.load(GaussianProcessTest.class, "/reference/search/gaussian-process.json");

  /** Closed forms in double precision, of matrices with condition 100. */
  private static final double ROUNDING = 1e-9;

  @Test
  void equalsScikitLearns() {
    GaussianProcess process = golden();

    JsonNode at = GOLDEN.at("at");
    for (int i = 0; i < at.size(); i++) {
      GaussianProcess.Prediction prediction = process.at(numbers(at.get(i)));
      assertThat(prediction.mean())
          .isCloseTo(GOLDEN.at("mean").get(i).asDouble(), within(ROUNDING));
      assertThat(prediction.deviation())
          .isCloseTo(GOLDEN.at("deviation").get(i).asDouble(), within(ROUNDING));
    }
    assertThat(process.logLikelihood())
        .isCloseTo(GOLDEN.at("log_likelihood").asDouble(), within(ROUNDING));
  }

  @Test
  void aFitExplainsTheObservationsBetterThanAGuess() {
    double[][] x = new double[20][];
    double[] y = new double[20];
    for (int i = 0; i < x.length; i++) {
      x[i] = new double[] {i / 19.0, (7 * i % 20) / 19.0};
      y[i] = Math.sqrt(2) * Math.sin(2 * Math.PI * x[i][0]); // does not depend on the second
    }
    GaussianProcess guess =
        new GaussianProcess(x, y, new GaussianProcess.Kernel(new double[] {0.5, 0.5}, 1, 0.05));

    GaussianProcess fitted = GaussianProcess.fit(x, y);

    assertThat(fitted.logLikelihood()).isGreaterThan(guess.logLikelihood() + 5);
    assertThat(fitted.at(new double[] {0.25, 0.9}).mean()).isCloseTo(Math.sqrt(2), within(0.05));
  }

  private static GaussianProcess golden() {
    JsonNode x = GOLDEN.at("x");
    double[][] rows =
        StreamSupport.stream(x.spliterator(), false)
            .map(GaussianProcessTest::numbers)
            .toArray(double[][]::new);
    return new GaussianProcess(
        rows,
        numbers(GOLDEN.at("y")),
        new GaussianProcess.Kernel(
            numbers(GOLDEN.at("lengths")),
            GOLDEN.at("variance").asDouble(),
            GOLDEN.at("noise").asDouble()));
  }

  private static double[] numbers(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }
}
