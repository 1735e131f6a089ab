package dev.orthant.cli;

import dev.orthant.core.progress.Interruption;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * On Ctrl-C or a termination signal, asks the running command to stop and keeps the virtual machine
 * alive for a short while, so that the command can remove temporary files and save what it has.
 */
final class InterruptHook {

  private final Interruption interruption;
  private final Duration grace;
  private final CountDownLatch finished = new CountDownLatch(1);

  private InterruptHook(Interruption interruption, Duration grace) {
    this.interruption = interruption;
    this.grace = grace;
  }

  /** Takes effect until {@link #commandEnded()}, to be called however the command ended. */
  static InterruptHook install(Interruption interruption, Duration grace) {
    InterruptHook hook = new InterruptHook(interruption, grace);
    Runtime.getRuntime().addShutdownHook(new Thread(hook::stopCommand, "interrupt"));
    return hook;
  }

  void stopCommand() {
    interruption.request();
    try {
      finished.await(grace.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void commandEnded() {
    finished.countDown();
  }
}
