package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.orthant.core.progress.InterruptedWorkException;
import dev.orthant.core.progress.Interruption;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

@Timeout(30)
final class InterruptHookTest {

  @Test
  void theWorkIsAskedToStopAndWaitedFor() {
    Interruption interruption = new Interruption();
    InterruptHook hook = InterruptHook.install(interruption, Duration.ofMinutes(10));
    hook.commandEnded();

    hook.stopCommand();

    assertThatExceptionOfType(InterruptedWorkException.class).isThrownBy(interruption::check);
  }

  @Test
  void workThatDoesNotStopIsNotWaitedForLongerThanTheGrace() {
    Interruption interruption = new Interruption();
    InterruptHook hook = InterruptHook.install(interruption, Duration.ofMillis(1));

    hook.stopCommand();

    assertThat(interruption.requested()).isTrue();
    hook.commandEnded();
  }

  @Test
  void interruptedWorkIsReportedWithoutAnError() {
    Interruption interruption = new Interruption();
    interruption.request();
    StringWriter err = new StringWriter();
    CommandLine command = new CommandLine(new RootCommand()).setErr(new PrintWriter(err));

    int code = 0;
    try {
      interruption.check();
    } catch (InterruptedWorkException e) {
      code = new ErrorReporter().report(e, command);
    }

    assertThat(code).isEqualTo(130);
    assertThat(err.toString().strip()).isEqualTo("interrupted");
  }
}
