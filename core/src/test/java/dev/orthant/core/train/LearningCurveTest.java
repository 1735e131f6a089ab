package dev.orthant.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.train.LearningCurve.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LearningCurveTest {

  @TempDir private Path folder = Path.of("");

  @Test
  void aLogGivesItsLossesAndScores() {
    MetricsLog log = new MetricsLog(folder.resolve(MetricsLog.NAME));
    log.append(record(10, 0.5, "loss", 0.7));
    log.append(record(20, 1.0, "loss", 0.5));
    log.append(record(20, 1.0, "eval_accuracy", 0.8));
    log.append(record(40, 2.0, "eval_accuracy", Double.NaN));

    LearningCurve curve = LearningCurve.read(folder);

    assertThat(curve.losses()).containsExactly(new Point(10, 0.5, 0.7), new Point(20, 1.0, 0.5));
    assertThat(curve.scores())
        .containsExactly(new Point(20, 1.0, 0.8), new Point(40, 2.0, Double.NaN));
  }

  @Test
  void aFolderWithoutALogGivesNoPoints() {
    LearningCurve curve = LearningCurve.read(folder);

    assertThat(curve.losses()).isEmpty();
    assertThat(curve.evaluation(0).value()).isNaN();
  }

  @Test
  void evaluationsAreInTheirOrder() {
    LearningCurve curve =
        new LearningCurve(
            List.of(),
            List.of(new Point(5, 0.5, 0.1), new Point(10, 1, 0.2), new Point(15, 1.5, 0.3)));

    assertThat(curve.evaluation(1)).isEqualTo(new Point(10, 1, 0.2));
    assertThat(curve.evaluation(2).value()).isEqualTo(0.3);
    assertThat(curve.evaluation(3).value()).isNaN();
  }

  @Test
  void aPartOfATrainingBeginsAfterTheEndOfTheOneBefore() {
    LearningCurve curve =
        new LearningCurve(
            List.of(new Point(1, 0.1, 4), new Point(2, 0.2, 2), new Point(3, 0.3, 1)), List.of());

    assertThat(curve.lossBetween(0, 2)).isEqualTo(3);
    assertThat(curve.lossBetween(2, 3)).isEqualTo(1);
    assertThat(curve.lossBetween(3, 9)).isNaN();
  }

  @Test
  void aBrokenLineIsNamed() throws IOException {
    Files.writeString(
        folder.resolve(MetricsLog.NAME), "{\"step\":1,\"epoch\":0.5,\"loss\":1}\n{\"step\"\n");

    assertThatThrownBy(() -> LearningCurve.read(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("metrics.jsonl")
        .hasMessageContaining("line 2 is not JSON");
  }

  private static Map<String, Object> record(int step, double epoch, String name, double value) {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("step", step);
    record.put("epoch", epoch);
    record.put(name, value);
    return record;
  }
}
