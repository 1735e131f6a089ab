package dev.orthant.eval.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.testing.Golden;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class IntervalTest {

  /** Commons Math inverts distributions by bisection to 1e-9. */
  private static final double INVERSION = 1e-8;

  /** Sums of at most 200 numbers in double precision. */
  private static final double ROUNDING = 1e-12;

  private static final Golden GOLDEN =
      Golden.load(IntervalTest.class, "/reference/intervals/intervals.json");

  @ParameterizedTest
  @MethodSource("samples")
  void studentsIntervalEqualsSciPys(JsonNode golden) {
    Interval interval = Interval.student(doubles(golden.get("values")));

    assertThat(interval.mean()).isCloseTo(golden.get("mean").asDouble(), within(ROUNDING));
    assertThat(interval.halfWidth())
        .isCloseTo(golden.get("half_width").asDouble(), within(INVERSION));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void studentsTestEqualsSciPys(JsonNode golden) {
    PairedTest test = PairedTest.of(doubles(golden.get("values")));

    assertThat(test.pValue()).isCloseTo(golden.get("p_value").asDouble(), within(ROUNDING));
  }

  @Test
  void theNormalIntervalEqualsSciPys() {
    Interval interval = Interval.normal(0.5, 2);

    double expected = 2 * GOLDEN.at("normal_95").asDouble();
    assertThat(interval.halfWidth()).isCloseTo(expected, within(INVERSION));
  }

  @Test
  void oneValueHasNoInterval() {
    Interval interval = Interval.student(0.7);

    assertThat(interval.mean()).isEqualTo(0.7);
    assertThat(interval.halfWidth()).isNaN();
    assertThatThrownBy(() -> Interval.student()).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void differencesThatDoNotVaryAreCertain() {
    assertThat(PairedTest.of(0, 0, 0).pValue()).isEqualTo(1);
    assertThat(PairedTest.of(0.5, 0.5, 0.5).pValue()).isZero();
    assertThat(PairedTest.of(0.5).pValue()).isNaN();
  }

  /**
   * By hand: sorted 0.01, 0.02, 0.03, 0.5 times 4, 3, 2, 1 is 0.04, 0.06, 0.06, 0.5, in which none
   * is less than the one before.
   */
  @Test
  void holmCorrectsInTheOrderOfTheValues() {
    double[] corrected = PairedTest.holm(0.03, 0.01, Double.NaN, 0.5, 0.02);

    assertThat(corrected)
        .containsExactly(new double[] {0.06, 0.04, Double.NaN, 0.5, 0.06}, within(ROUNDING));
  }

  /** By hand: 0.02 * 3 = 0.06; 0.025 * 2 = 0.05 is raised to 0.06; 0.9 stays; 0.7 * 2 is cut. */
  @Test
  void holmNeverFallsAndStaysBelowOne() {
    assertThat(PairedTest.holm(0.02, 0.025, 0.9))
        .containsExactly(new double[] {0.06, 0.06, 0.9}, within(ROUNDING));
    assertThat(PairedTest.holm(0.7, 0.8)).containsExactly(new double[] {1, 1}, within(ROUNDING));
  }

  private static Stream<Named<JsonNode>> samples() {
    return StreamSupport.stream(GOLDEN.at("samples").spliterator(), false)
        .map(node -> Named.of(node.get("name").asText(), node));
  }

  private static double[] doubles(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }
}
