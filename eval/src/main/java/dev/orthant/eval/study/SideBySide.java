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
   * @throws RuntimeException the failure that came first, or, of several of its kind, that of the
   *     first job; failures of another kind may be of jobs that stopped because of it
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
      throw e;
    }
  }

  private void await(List<Future<?>> futures) {
    List<Throwable> failures = new ArrayList<>(); // in the order of the jobs
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
          failures.add(e.getCause());
          ended = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    Throwable earliest = failure.get();
    for (Throwable each : failures) {
      if (earliest != null && each.getClass() == earliest.getClass()) {
        rethrow(each);
      }
    }
  }

  private static void rethrow(Throwable failure) {
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }
}
