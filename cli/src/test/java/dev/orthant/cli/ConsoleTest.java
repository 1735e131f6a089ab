package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.progress.Progress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ConsoleTest {

  private long nanos;
  private final StringWriter written = new StringWriter();
  private final PrintWriter out = new PrintWriter(new StringWriter());
  private final PrintWriter err = new PrintWriter(written);

  @Test
  void theEnvironmentSaysWhetherThereIsATerminal() {
    assertThat(Console.of(out, err, Map.of()).terminal()).isFalse();
    assertThat(Console.of(out, err, Map.of("ORTHANT_COLUMNS", "wide")).terminal()).isFalse();
    assertThat(Console.of(out, err, Map.of("ORTHANT_COLUMNS", "120")).columns()).isEqualTo(120);
  }

  @Test
  void notesAppearAboveTheStatus() {
    Console console = new Console(out, err, 60);

    console.status("working");
    console.line("a note");
    console.clearStatus();

    String erase = "\r\u001b[2K";
    assertThat(written.toString().replace(System.lineSeparator(), "\n"))
        .isEqualTo("working" + erase + "a note\nworking" + erase);
  }

  @Test
  void aBarIsDrawnInPlaceAndGoneAtTheEnd() {
    Progress progress = new BarProgress(new Console(out, err, 90), () -> nanos);

    try (Progress.Task task = progress.start("train", 10, "steps")) {
      nanos += 60_000_000_000L;
      task.step(4);
      task.step(1); // too soon to be drawn
      nanos += 1_000_000_000L;
      task.message("loss 0.4");
    }

    assertThat(written.toString().split("\r\u001b\\[2K"))
        .containsExactly(
            "train [                    ] 0/10 steps, 0:00",
            "train [========            ] 4/10 steps, 1:00, 1:30 left",
            "train [==========          ] 5/10 steps, 1:01, 1:01 left, loss 0.4");
  }

  @Test
  void aBarIsCutToTheTerminal() {
    Progress progress = new BarProgress(new Console(out, err, 40), () -> nanos);

    try (Progress.Task task = progress.start("a rather long name of a task", 10, "steps")) {
      task.message("never seen");
    }

    assertThat(written.toString().split("\r\u001b\\[2K")).allMatch(line -> line.length() < 40);
  }
}
