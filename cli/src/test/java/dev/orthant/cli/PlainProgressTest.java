package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.progress.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class PlainProgressTest {

  private final List<String> lines = new ArrayList<>();
  private long nanos;
  private final PlainProgress progress = new PlainProgress(lines::add, () -> nanos);

  @Test
  void everyTenthIsALine() {
    try (Progress.Task task = progress.start("train", 40, "steps")) {
      for (int i = 0; i < 40; i++) {
        task.step(1);
      }
    }

    assertThat(lines).hasSize(10).first().isEqualTo("train: 4/40 steps, 0.0 s");
    assertThat(lines).last().isEqualTo("train: 40/40 steps, 0.0 s");
  }

  @Test
  void slowWorkIsHeardOfEveryTenSeconds() {
    try (Progress.Task task = progress.start("train", 1000, "steps")) {
      task.message("loss 0.4");
      for (int i = 0; i < 3; i++) {
        nanos += TimeUnit.SECONDS.toNanos(6);
        task.step(1);
      }
    }

    assertThat(lines)
        .containsExactly(
            "train: 2/1000 steps, 12.0 s, 5988 s left, loss 0.4",
            "train: 3/1000 steps, 18.0 s, 5982 s left, loss 0.4");
  }

  @Test
  void aTotalThatIsNotKnownIsLeftOut() {
    try (Progress.Task task = progress.start("read", Progress.UNKNOWN, "rows")) {
      task.step(7);
    }

    assertThat(lines).containsExactly("read: 7 rows, 0.0 s");
  }
}
