package dev.orthant.core.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.SafetensorsFile;
import dev.orthant.core.checkpoint.SafetensorsWriter;
import dev.orthant.core.features.StatisticsSource.Unit;
import dev.orthant.core.stats.FeatureStatistics;
import dev.orthant.core.testing.RandomStatistics;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StatisticsFileTest {

  private static final StatisticsSource SOURCE =
      new StatisticsSource("fingerprint", "tokenizer", Unit.TOKENS);
  private static final StatisticsSource OTHER = new StatisticsSource("other", "words", Unit.MEANS);

  @TempDir private Path folder;

  @Test
  void readGivesWhatWasWritten() {
    TaskStatistics written = statistics("sst2");

    StatisticsFile.write(file(), written);
    TaskStatistics read = StatisticsFile.read(file());

    assertThat(read.task()).isEqualTo("sst2");
    assertThat(read.source()).isEqualTo(SOURCE);
    assertThat(read.modules().keySet()).containsExactly("query", "key", "dense");
    assertThat(read.modules().get("key")).isSameAs(read.modules().get("query"));
    written
        .modules()
        .forEach(
            (module, features) -> {
              assertThat(read.modules().get(module).count()).isEqualTo(features.count());
              assertThat(read.modules().get(module).sum()).containsExactly(features.sum());
              assertThat(read.modules().get(module).gram()).containsExactly(features.gram());
            });
  }

  @Test
  void sharedStatisticsAreStoredOnce() {
    StatisticsFile.write(file(), statistics("sst2"));

    try (SafetensorsFile tensors = SafetensorsFile.open(file())) {
      assertThat(tensors.names())
          .containsExactlyInAnyOrder(
              "query.gram", "query.sum", "query.count", "dense.gram", "dense.sum", "dense.count");
    }
  }

  @Test
  void shardsAddUpAndStayShared() {
    TaskStatistics both = statistics("sst2").plus(statistics("sst2"));

    FeatureStatistics one = statistics("sst2").modules().get("query");
    assertThat(both.modules().get("query").count()).isEqualTo(2 * one.count());
    assertThat(both.modules().get("query").gram()[1]).isEqualTo(2 * one.gram()[1]);
    assertThat(both.modules().get("key")).isSameAs(both.modules().get("query"));
  }

  @Test
  void shardsOfOtherTasksOrModelsDoNotAddUp() {
    TaskStatistics mine = statistics("sst2");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> mine.plus(statistics("cola")))
        .withMessage("statistics do not add up: task sst2 and cola");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> mine.plus(new TaskStatistics("sst2", OTHER, mine.modules())))
        .withMessage(
            "statistics do not add up: those added are of another base model (other..., expected"
                + " fingerprint...), and of another tokenizer (words..., expected tokenizer...), and"
                + " of means of examples, expected tokens");
  }

  @Test
  void fileOfAnotherKindIsRefused() {
    new SafetensorsWriter().metadata("format", "pt").write(file());

    assertRefused("metadata 'format' is 'pt', expected 'orthant-statistics'");
  }

  @Test
  void fileWithoutMetadataIsRefused() {
    new SafetensorsWriter().addDoubles("x", new double[] {1}, 1).write(file());

    assertRefused("metadata 'format' is missing");
  }

  @Test
  void fileOfALaterVersionIsRefused() {
    new SafetensorsWriter()
        .metadata("format", "orthant-statistics")
        .metadata("version", "2")
        .write(file());

    assertRefused("metadata 'version' is '2', expected '1'");
  }

  @Test
  void badNumbersAreRefusedNamingTheTensor() {
    write(w -> w.addDoubles("m.gram", new double[] {1, 2, 3, 4}, 2, 2));
    assertRefused("tensor 'm.gram' must be symmetric, was 3.0 at [1, 0] and 2.0 at [0, 1]");

    write(w -> w.addDoubles("m.gram", new double[] {1, 0, 0, Double.NaN}, 2, 2));
    assertRefused("tensor 'm.gram' must be finite, was NaN at index 3");

    write(w -> w.addDoubles("m.gram", new double[] {1, 0, 0, -4}, 2, 2));
    assertRefused("tensor 'm.gram' has the negative square -4.0 at 1");

    write(w -> w.addDoubles("m.gram", new double[] {1, 0, 0, 4, 0, 0}, 2, 3));
    assertRefused("tensor 'm.gram' has shape [2, 3], expected [2, 2]");

    write(w -> {});
    assertRefused("no tensor 'm.gram'");
  }

  @Test
  void missingOrZeroCountIsRefused() {
    header().addDoubles("m.sum", new double[] {0}, 1).write(file());
    assertRefused("no tensor 'm.count'");

    header()
        .addDoubles("m.sum", new double[] {0}, 1)
        .addLongs("m.count", new long[] {0}, 1)
        .write(file());
    assertRefused("tensor 'm.count' must be at least 1, was 0");
  }

  private void write(Consumer<SafetensorsWriter> gram) {
    SafetensorsWriter writer =
        header().addDoubles("m.sum", new double[] {1, 1}, 2).addLongs("m.count", new long[] {3}, 1);
    gram.accept(writer);
    writer.write(file());
  }

  private static SafetensorsWriter header() {
    return new SafetensorsWriter()
        .metadata("format", "orthant-statistics")
        .metadata("version", "1")
        .metadata("task", "sst2")
        .metadata("base_fingerprint", "fingerprint")
        .metadata("tokenizer_fingerprint", "tokenizer")
        .metadata("unit", "tokens")
        .metadata("modules", "{\"m\":\"m\"}");
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> StatisticsFile.read(file()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("statistics.safetensors")
        .hasMessageContaining(message);
  }

  private Path file() {
    return folder.resolve("statistics.safetensors");
  }

  private static TaskStatistics statistics(String task) {
    FeatureStatistics attention = RandomStatistics.of(task, 4, 1);
    Map<String, FeatureStatistics> modules = new LinkedHashMap<>();
    modules.put("query", attention);
    modules.put("key", attention);
    modules.put("dense", RandomStatistics.of(task, 3, 2));
    return new TaskStatistics(task, SOURCE, modules);
  }
}
