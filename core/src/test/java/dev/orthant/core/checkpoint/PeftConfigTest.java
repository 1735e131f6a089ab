package dev.orthant.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PeftConfigTest {

  private static final String QUERY = "bert.encoder.layer.3.attention.self.query";

  @ParameterizedTest
  @CsvSource({
    // a list: equal, or ending with a dot and the name
    "query, encoder.layer.0.attention.self.query, true",
    "query, query, true",
    "query, my_query, false",
    "query, encoder.query.dense, false",
    "self.query, encoder.layer.0.attention.self.query, true",
    "elf.query, encoder.layer.0.attention.self.query, false",
    "dense, encoder.layer.0.output.dense, true",
    "dense, pooler.dense, true",
    // modules to save are never targets, nor is anything inside them
    "dense, classifier.dense, false",
    "dense, model.classifier.dense, false",
    "dense, classifier2.dense, true",
    "classifier, classifier, false",
  })
  void namesMatchEndings(String target, String module, boolean selected) {
    PeftConfig config =
        config(ModuleNames.of(target), null, List.of(), List.of(), List.of("classifier"));

    assertThat(config.selects(module)).isEqualTo(selected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        // an expression has to match the whole path
        "query ; encoder.query ; false",
        ".*query ; encoder.query ; true",
        ".*\\.(query|value) ; encoder.layer.1.value ; true",
        "(?P<path>.*)\\.(?P<name_2>query|value) ; encoder.layer.1.value ; true",
        ".*\\.[12]\\..*query ; encoder.layer.3.query ; false",
        "all-linear ; anything.at.all ; true",
        "ALL-LINEAR ; anything ; true",
      })
  void expressionsMatchWholePaths(String pattern, String module, boolean selected) {
    PeftConfig config = config(ModuleNames.pattern(pattern), null, List.of(), List.of(), List.of());

    assertThat(config.selects(module)).isEqualTo(selected);
  }

  @Test
  void exclusionsGoFirst() {
    ModuleNames targets = ModuleNames.of("query", "value");

    PeftConfig byName = config(targets, ModuleNames.of("value"), List.of(), List.of(), List.of());
    PeftConfig byPattern =
        config(targets, ModuleNames.pattern(".*\\.0\\..*"), List.of(), List.of(), List.of());

    assertThat(byName.selects("layer.0.query")).isTrue();
    assertThat(byName.selects("layer.0.value")).isFalse();
    assertThat(byPattern.selects("encoder.0.query")).isFalse();
    assertThat(byPattern.selects("encoder.1.query")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "model.layers.1.q_proj, '', true",
    "model.layers.2.q_proj, '', false",
    "model.layers.11.q_proj, '', false",
    "layers.1.q_proj, '', false", // the first number needs two names before it
    "model.layers.1.experts.2.q_proj, '', true", // the first number counts
    "model.layers.2.experts.1.q_proj, experts, true",
    "model.layers.1.experts.2.q_proj, experts, false",
    "head.q_proj, '', false",
    "full.path.q_proj, '', true", // named in full below
  })
  void layersAreTheFirstNumber(String module, String pattern, boolean selected) {
    PeftConfig config =
        config(
            ModuleNames.of("q_proj", "full.path.q_proj"),
            null,
            List.of(1),
            pattern.isEmpty() ? List.of() : List.of(pattern),
            List.of());

    assertThat(config.selects(module)).isEqualTo(selected);
  }

  @Test
  void firstPatternThatMatchesGivesTheRankAndAlphaIndependently() {
    Map<String, Integer> ranks = new LinkedHashMap<>();
    ranks.put("layer\\.3\\..*", 4);
    ranks.put("query", 16);
    Map<String, Double> alphas = Map.of("value", 1.0);
    PeftConfig config = patterns(8, 16, false, ranks, alphas);

    assertThat(config.rankOf(QUERY)).isEqualTo(4);
    assertThat(config.alphaOf(QUERY)).isEqualTo(16);
    assertThat(config.scalingOf(QUERY)).isEqualTo(4);
    assertThat(config.rankOf("layer.1.query")).isEqualTo(16);
    assertThat(config.rankOf("layer.1.my_query")).isEqualTo(8);
    assertThat(config.scalingOf("layer.1.value")).isEqualTo(1.0 / 8);
  }

  @Test
  void rankStabilisedScalingDividesByTheRoot() {
    PeftConfig config = patterns(16, 8, true, Map.of("query", 4), Map.of());

    assertThat(config.scalingOf("value")).isEqualTo(2);
    assertThat(config.scalingOf("query")).isEqualTo(4);
  }

  @Test
  void refusesWhatPeftRefuses() {
    assertThatThrownBy(() -> PeftConfig.of(0, 1, ModuleNames.of("q")))
        .hasMessage("r must be at least 1, was 0");
    assertThatThrownBy(
            () -> config(ModuleNames.pattern("q"), null, List.of(1), List.of(), List.of()))
        .hasMessageContaining("cannot be combined with a regular expression");
    assertThatThrownBy(
            () -> config(ModuleNames.of("q"), null, List.of(), List.of("layers"), List.of()))
        .hasMessageContaining("layers_pattern needs layers_to_transform");
    assertThatThrownBy(() -> ModuleNames.pattern("(?P<n>q)(?P=n)"))
        .hasMessageContaining("references to named groups are not supported");
    assertThatThrownBy(() -> ModuleNames.pattern("(q"))
        .hasMessageContaining("'(q' is not a regular expression");
    assertThatThrownBy(() -> patterns(8, 8, false, Map.of("q", 0), Map.of()))
        .hasMessageContaining("rank_pattern must hold ranks of at least 1, was 0");
  }

  private static PeftConfig config(
      ModuleNames targets,
      @Nullable ModuleNames excluded,
      List<Integer> layers,
      List<String> layersPattern,
      List<String> saved) {
    return new PeftConfig(
        8,
        8,
        false,
        0,
        Map.of(),
        Map.of(),
        targets,
        excluded,
        layers,
        layersPattern,
        saved,
        "none",
        false,
        null,
        null,
        null,
        Map.of());
  }

  private static PeftConfig patterns(
      int rank,
      double alpha,
      boolean stabilised,
      Map<String, Integer> ranks,
      Map<String, Double> alphas) {
    return new PeftConfig(
        rank,
        alpha,
        stabilised,
        0,
        ranks,
        alphas,
        ModuleNames.of("query"),
        null,
        List.of(),
        List.of(),
        List.of(),
        "none",
        false,
        null,
        null,
        null,
        Map.of());
  }
}
