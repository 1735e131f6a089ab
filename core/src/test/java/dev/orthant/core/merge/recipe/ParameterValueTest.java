package dev.orthant.core.merge.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.Problem;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ParameterValueTest {

  private static final double EXACT = 1e-15;

  @ParameterizedTest
  @CsvSource({"0, 1", "0.25, 2", "0.5, 3", "0.75, 2.5", "1, 2"})
  void numbersAreInterpolatedOverTheLayers(double t, double expected) {
    ParameterValue gradient = value("[1, 3, 2]");

    assertThat(gradient.at("x", t).orElseThrow().doubleValue()).isCloseTo(expected, within(EXACT));
  }

  @ParameterizedTest
  @CsvSource({"0, true", "0.99, true", "1, false"})
  void wordsAreChosen(double t, boolean expected) {
    ParameterValue words = value("[true, false]");

    assertThat(words.at("x", t).orElseThrow().booleanValue()).isEqualTo(expected);
  }

  @Test
  void theFirstFilterThatMatchesCounts() {
    ParameterValue filtered =
        value("[{filter: mlp, value: [0, 1]}, {filter: up, value: 5}, {filter: '*', value: 7}]");

    assertThat(filtered.at("layers.0.mlp.up.weight", 0.5).orElseThrow().doubleValue())
        .isEqualTo(0.5);
    assertThat(filtered.at("layers.0.up.weight", 0.5).orElseThrow().intValue()).isEqualTo(5);
    assertThat(filtered.at("norm", 0).orElseThrow().intValue()).isEqualTo(7);
  }

  @Test
  void withoutAMatchThereIsNoValue() {
    assertThat(value("[{filter: mlp, value: 1}]").at("norm", 0)).isEmpty();
    assertThat(value("{filter: mlp, value: 1}").at("norm", 0)).isEmpty();
    assertThat(value("null").at("norm", 0)).isEmpty();
  }

  @Test
  void whatIsNoValueIsTold() {
    List<Problem> problems = new ArrayList<>();

    value("[]").check("a", problems);
    value("[{filter: x}]").check("b", problems);
    value("{vale: 1, value: 2}").check("c", problems);
    value("[1, {value: 2}]").check("d", problems);

    assertThat(problems)
        .extracting(Problem::path)
        .containsExactly("a", "b[0].value", "c.vale", "d[0]");
  }

  private static ParameterValue value(String yaml) {
    JsonNode root = new ConfigDecoder().parse("v: " + yaml);
    return new ParameterValue(root.get("v"));
  }
}
