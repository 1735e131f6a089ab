package dev.orthant.eval.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.eval.search.Search.Method;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SearchTest {

  private static final SearchSpace SPACE =
      space("density=0.05:1", "lambda=0.1:3:log", "space=full,core");

  /** Greatest, 1, at density 0.4 and lambda 1.2 in the core space. */
  private static double score(Map<String, JsonNode> settings) {
    double density = settings.get("density").asDouble() - 0.4;
    double lambda = Math.log(settings.get("lambda").asDouble() / 1.2);
    double other = settings.get("space").asText().equals("core") ? 0 : 0.2;
    return 1 - 2 * density * density - lambda * lambda / 2 - other;
  }

  @Test
  void bayesFindsTheMaximumOfASmoothFunctionInThirtyTrials() {
    Search bayes = run(new Search(SPACE, Method.BAYES, 30, 3), SearchTest::score);
    Search sobol = run(new Search(SPACE, Method.SOBOL, 30, 3), SearchTest::score);

    assertThat(bayes.best().value()).isCloseTo(1, within(0.002));
    assertThat(bayes.best().settings().get("space").asText()).isEqualTo("core");
    assertThat(bayes.best().value()).isGreaterThan(sobol.best().value());
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void theSameValuesGiveTheSameTrialsAndMoreContinueThem(Method method) {
    List<Search.Trial> first = run(new Search(SPACE, method, 16, 3), SearchTest::score).done();
    List<Search.Trial> again = run(new Search(SPACE, method, 16, 3), SearchTest::score).done();
    List<Search.Trial> longer = run(new Search(SPACE, method, 20, 3), SearchTest::score).done();

    assertThat(again).isEqualTo(first);
    assertThat(longer.size()).isLessThanOrEqualTo(20);
    if (method != Method.GRID) { // which spreads its values anew
      assertThat(longer).hasSize(20).startsWith(first.toArray(Search.Trial[]::new));
    }
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void trialsWithoutAScoreAreTheWorst(Method method) {
    Search search =
        run(
            new Search(SPACE, method, 16, 3),
            s -> s.get("density").asDouble() < 0.5 ? Double.NaN : score(s));

    assertThat(search.best().value()).isFinite();
    assertThat(search.done()).anyMatch(trial -> Double.isNaN(trial.value()));
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void nothingIsTriedTwiceAndASmallSpaceEnds(Method method) {
    SearchSpace small = space("a=1,2,3", "b=true,false");

    Search search = run(new Search(small, method, 50, 3), s -> s.get("a").asDouble());

    assertThat(search.done()).hasSize(6);
    assertThat(new HashSet<>(search.done())).hasSize(6);
    assertThat(search.best().settings().get("a").asInt()).isEqualTo(3);
  }

  @Test
  void aGridHasTheEndsAndFitsTheNumberOfTrials() {
    List<Search.Trial> trials =
        run(new Search(space("x=0:1", "y=1:100:log"), Method.GRID, 10, 3), s -> 0).done();

    assertThat(trials.stream().map(t -> t.settings().toString()))
        .containsExactly(
            "{x=0.0, y=1.0}",
            "{x=0.0, y=10.0}",
            "{x=0.0, y=100.0}",
            "{x=0.5, y=1.0}",
            "{x=0.5, y=10.0}",
            "{x=0.5, y=100.0}",
            "{x=1.0, y=1.0}",
            "{x=1.0, y=10.0}",
            "{x=1.0, y=100.0}");
  }

  @Test
  void wholeNumbersStayWhole() {
    SearchSpace ranks = new SearchSpace(List.of(Dimension.parse("rank=4:7", true)));

    Search search = run(new Search(ranks, Method.BAYES, 50, 3), s -> s.get("rank").asDouble());

    assertThat(search.done()).hasSize(4).allMatch(t -> t.settings().get("rank").isIntegralNumber());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"density", "=1:2", "density=", "density=0:1:2", "density=a:b", "d=1:2:3:4"})
  void malformedTextIsRefused(String text) {
    assertThatThrownBy(() -> Dimension.parse(text, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "expected KEY=LOW:HIGH, KEY=LOW:HIGH:log or KEY=VALUE,VALUE,..., was '" + text + "'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "d=1:0 ; d must go from a number to a greater one, was 1.0:0.0",
        "d=0:1:log ; d must begin above 0 to be logarithmic, was 0.0",
        "d=full ; d must have at least two values to choose from, has [\"full\"]"
      })
  void whatCannotBeSearchedIsRefused(String text, String message) {
    assertThatThrownBy(() -> Dimension.parse(text, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static SearchSpace space(String... dimensions) {
    return new SearchSpace(
        List.of(dimensions).stream().map(text -> Dimension.parse(text, false)).toList());
  }

  private static Search run(Search search, ToDoubleFunction<Map<String, JsonNode>> function) {
    for (Optional<Map<String, JsonNode>> next = search.next();
        next.isPresent();
        next = search.next()) {
      search.tell(next.get(), function.applyAsDouble(next.get()));
    }
    return search;
  }
}
