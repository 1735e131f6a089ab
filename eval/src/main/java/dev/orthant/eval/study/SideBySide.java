package dev.orthant.eval.study;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Runs jobs that do not depend on each other on a number of threads. */
final class SideBySide {

  private final int threads;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  SideBySide(int threads) {
    this.threads = threads;
  }

  /** Whether a job has failed, so that those under way should stop where they can. */
  boolean failed() {
    return failure.get() != null;
  }

  /**
   * Runs all jobs and returns when all have ended. After a failure no further job begins.
   *
   * @throws RuntimeException the failure that came first; later ones may be of jobs that stopped
   *     because of it
   */
  void run(List<Runnable> jobs) {
    if (threads == 1 || jobs.size() <= 1) {
      jobs.forEach(Runnable::run);
      return;
    }
    ExecutorService executor = Executors.newFixedThreadPool(Math.min(threads, jobs.size()));
    try {
      List<Future<?>> futures = new ArrayList<>();
      jobs.forEach(job -> futures.add(executor.submit(() -> begin(job))));
      await(futures);
    } finally {
      executor.shutdown();
    }
  }

  private void begin(Runnable job) {
    if (failed()) {
      return;
    }
    try {
      job.run();
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, e);
    }
  }

  private void await(List<Future<?>> futures) {
    boolean interrupted = false;
    for (Future<?> future : futures) {
      boolean ended = false;
      while (!ended) {
        try {
          future.get();
          ended = true;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw new IllegalStateException(e); // begin() lets nothing pass
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    Throwable first = failure.get();
    if (first instanceof RuntimeException e) {
      throw e;
    }
    if (first instanceof Error e) {
      throw e;
    }
  }
}
