package dev.orthant.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.TargetModules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfigDecoderTest {

  private final ConfigDecoder decoder = new ConfigDecoder();

  @TempDir Path folder;

  @Test
  void absentKeysTakeTheDefaults() {
    assertThat(decode("")).isEqualTo(Everything.defaults());
    assertThat(decode("{}")).isEqualTo(Everything.defaults());
  }

  @Test
  void readsEveryType() {
    String yaml =
        """
        rank: 4e0
        seed: 5000000000
        learning_rate: 2e-4
        dropout: 0.25
        use_bias: true
        name: on
        file: data/train.tsv
        mode: full-rank
        layers: [3]
        weights: {mine: 2, yours: 0.5}
        limit: 10
        note: something
        nested: {words: [yes, 0]}
        hold: {penalty: 0.1}
        target_modules: key
        """;

    Everything read = decode(yaml);

    assertThat(read.rank()).isEqualTo(4);
    assertThat(read.seed()).isEqualTo(5_000_000_000L);
    assertThat(read.learningRate()).isEqualTo(2e-4);
    assertThat(read.dropout()).isEqualTo(0.25f);
    assertThat(read.useBias()).isTrue();
    assertThat(read.name()).isEqualTo("on");
    assertThat(read.file()).isEqualTo(Path.of("data/train.tsv"));
    assertThat(read.mode()).isEqualTo(Everything.Mode.FULL_RANK);
    assertThat(read.layers()).containsExactly(3);
    assertThat(read.weights()).containsOnlyKeys("mine", "yours").containsEntry("yours", 0.5);
    assertThat(read.limit()).contains(10);
    assertThat(read.note()).isEqualTo("something");
    assertThat(read.nested()).isEqualTo(new Everything.Nested(16, List.of("yes", "0")));
    assertThat(read.hold()).isEqualTo(new Hold.Penalty(0.1));
    assertThat(read.targetModules()).isEqualTo(TargetModules.of("key"));
  }

  @Test
  void readsJson() {
    assertThat(decode("{\n\t\"rank\": 3,\n\t\"target_modules\": [\"a\", \"b\"]\n}"))
        .extracting(Everything::rank, Everything::targetModules)
        .containsExactly(3, TargetModules.of("a", "b"));
  }

  @Test
  void oneTextAloneIsAListOfOne() {
    assertThat(decode("nested: {words: one}").nested().words()).containsExactly("one");
  }

  @Test
  void nullEmptiesWhatMayBeEmpty() {
    Everything read = decode("{limit: null, note: ~}");

    assertThat(read.limit()).isEmpty();
    assertThat(read.note()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"init-only", "frozen", "projected"})
  void readsHoldsByTheirWords(String word) {
    assertThat(decode("hold: " + word).hold().getClass().getSimpleName().toLowerCase())
        .isEqualTo(word.replace("-", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ranks: 3 | ranks: unknown key, did you mean 'rank'?",
        "targetModules: x | targetModules: unknown key, did you mean 'target_modules'?",
        "rank: eight | rank: must be a whole number, was 'eight'",
        "rank: 8.5 | rank: must be a whole number, was 8.5",
        "rank: [8] | rank: must be a whole number, was a list",
        "rank: 3000000000 | rank: must be a whole number in [-2147483648, 2147483647], was 3000000000",
        "seed: 1e99 | seed: must be a whole number in [-9223372036854775808, 9223372036854775807],"
            + " was 1.0E99",
        "dropout: 1e300 | dropout: must be a number of single precision, was 1.0E300",
        "rank: 0 | rank: rank must be at least 1, was 0",
        "rank: null | rank: must not be null",
        "learning_rate: 1e999 | learning_rate: must be a finite number, was Infinity",
        "learning_rate: fast | learning_rate: must be a number, was 'fast'",
        "use_bias: 1 | use_bias: must be true or false, was 1",
        "name: 1.10 | name: must be text (in quotes), was 1.1",
        "name: {a: b} | name: must be text (in quotes), was a mapping",
        "file: 3 | file: must be the path of a file or folder, was 3",
        "mode: initonly | mode: must be one of init-only, full-rank, was 'initonly', did you mean"
            + " 'init-only'?",
        "layers: 3 | layers: must be a list, was 3",
        "layers: [1, x] | layers[1]: must be a whole number, was 'x'",
        "weights: [1] | weights: must be a mapping of names to values, was a list",
        "weights: {a: b} | weights.a: must be a number, was 'b'",
        "nested: 3 | nested: must be a mapping of keys to values, was 3",
        "nested: {alpha: -1} | nested.alpha: alpha must be positive, was -1.0",
        "nested: {alfa: 1} | nested.alfa: unknown key, did you mean 'alpha'?",
        "nested: {zzzzzz: 1} | nested.zzzzzz: unknown key, known are alpha, words",
        "hold: freezing | hold: must be one of init-only, frozen, projected, penalty, was"
            + " 'freezing'",
        "hold: penalty | hold.penalty.weight: is required",
        "hold: {penalty: 0} | hold.penalty: penalty weight must be positive, was 0.0",
        "target_modules: [] | target_modules: target_modules must name at least one module",
        "target_modules: [1.5] | target_modules[0]: must be text (in quotes), was 1.5",
        "{rank: 101, use_bias: true} | a rank above 100 has no bias",
        "[1] | must be a mapping of keys to values, was a list",
      })
  void tellsWhereAndWhatIsWrong(String yaml, String expected) {
    assertThat(problems(yaml)).hasToString("[" + expected + "]");
  }

  @Test
  void tellsAllProblemsAtOnce() {
    String yaml = "{rank: 0, ranks: 1, dropout: 1.5, seed: x, nested: {alpha: 0, words: 3}}";

    assertThat(problems(yaml))
        .extracting(Problem::path)
        .containsExactlyInAnyOrder(
            "rank", "ranks", "dropout", "seed", "nested.alpha", "nested.words");
  }

  @Test
  void theMessageHasEveryProblemOnALineOfItsOwn() {
    ConfigurationException one = refused("rank: 0");
    ConfigurationException two = refused("{rank: 0, seed: x}");

    assertThat(one).hasMessage("configuration: rank: rank must be at least 1, was 0");
    assertThat(two)
        .hasMessage(
            """
            configuration: 2 problems
              seed: must be a whole number, was 'x'
              rank: rank must be at least 1, was 0""");
  }

  @Test
  void withoutDefaultsEverythingButTheOptionalIsRequired() {
    record Plain(String name, @Default("2e-3") double rate, Optional<String> more) {}

    Plain read = decoder.decode("name: a", Plain.class, null);
    ConfigurationException refused =
        catchThrowableOfType(
            ConfigurationException.class, () -> decoder.decode("{}", Plain.class, null));

    assertThat(read).isEqualTo(new Plain("a", 2e-3, Optional.empty()));
    assertThat(refused.problems()).containsExactly(new Problem("name", "is required"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rank: 1;rank: 2 | line 2, column 5: Duplicate field 'rank'",
        "rank: [1;seed: 2 | line 2",
        "rank: 1;---;rank: 2 | line 3, column 1: expected the end, nothing may follow",
        "a: b: c | line 1, column 5: mapping values are not allowed here",
        "rank: &r 4;seed: *r | line 2, column 7: the alias '*r' is not supported",
      })
  void badYamlIsToldWithItsLine(String lines, String expected) {
    String yaml = lines.replace(';', '\n');

    assertThat(refused(yaml).getMessage()).startsWith("configuration: " + expected);
  }

  @Test
  void filesAreNamedAndResolveTheirPaths() throws IOException {
    Path good = Files.writeString(folder.resolve("good.yaml"), "file: ../a.txt");
    Path bad = Files.writeString(folder.resolve("bad.json"), "{\"rank\": 1, \"rank\": 2}");

    Everything read = decoder.decode(good, Everything.class, Everything.defaults());
    ConfigurationException duplicate = refused(bad);
    ConfigurationException missing = refused(folder.resolve("none.yaml"));

    assertThat(read.file()).isEqualTo(folder.getParent().resolve("a.txt"));
    assertThat(duplicate).hasMessageStartingWith(bad + ": line 1, column ");
    assertThat(duplicate).hasMessageContaining("Duplicate field 'rank'");
    assertThat(missing).hasMessage(folder.resolve("none.yaml") + ": there is no such file");
  }

  private Everything decode(String yaml) {
    return decoder.decode(yaml, Everything.class, Everything.defaults());
  }

  private List<Problem> problems(String yaml) {
    return refused(yaml).problems();
  }

  private ConfigurationException refused(String yaml) {
    return catchThrowableOfType(ConfigurationException.class, () -> decode(yaml));
  }

  private ConfigurationException refused(Path file) {
    return catchThrowableOfType(
        ConfigurationException.class,
        () -> decoder.decode(file, Everything.class, Everything.defaults()));
  }
}
