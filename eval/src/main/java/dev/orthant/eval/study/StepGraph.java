package dev.orthant.eval.study;

import dev.orthant.core.progress.Interruption;
import dev.orthant.core.progress.Progress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/*
 * A free thread takes the first step of the list that waits for nothing more and for which there is
 * memory, so that the order of the list is the order of importance. One step always runs, however
 * much memory it wants: a budget that is too small makes a suite slow, not impossible.
 */
/** Runs steps that depend on each other on several threads within a memory budget. */
final class StepGraph {

  private final int threads;
  private final long budget; // bytes
  private final Interruption interruption;
  private final Set<Step> ended = new HashSet<>();
  private final List<Step> waiting = new ArrayList<>();
  private long taken; // bytes of the steps under way
  private int running;
  private @Nullable Throwable failure;

  /**
   * @param budget bytes that steps may take together
   * @param interruption after which no further step begins
   */
  StepGraph(int threads, long budget, Interruption interruption) {
    this.threads = threads;
    this.budget = budget;
    this.interruption = interruption;
  }

  /** One step; steps are equal only to themselves. */
  static final class Step {

    private final String name;
    private final long cost;
    private final long bytes;
    private final List<Step> after;
    private final Runnable work;

    /**
     * @param name for the progress
     * @param cost how long it takes, relative to others
     * @param bytes memory that it takes while it runs
     * @param after steps that have to end before
     */
    Step(String name, long cost, long bytes, List<Step> after, Runnable work) {
      this.name = name;
      this.cost = cost;
      this.bytes = bytes;
      this.after = List.copyOf(after);
      this.work = work;
    }

    long cost() {
      return cost;
    }
  }

  /** Whether a step has failed, so that those under way should stop where they can. */
  synchronized boolean failed() {
    return failure != null;
  }

  /**
   * Runs all steps. After a failure or an interruption no further step begins, and those under way
   * are waited for.
   *
   * @param steps every step after those that it depends on
   * @throws RuntimeException the first failure
   * @throws dev.orthant.core.progress.InterruptedWorkException if it was interrupted
   */
  void run(List<Step> steps, Progress.Task progress) {
    waiting.addAll(steps);
    List<Thread> workers = new ArrayList<>();
    for (int i = 0; i < Math.min(threads, steps.size()); i++) {
      Thread worker = new Thread(() -> work(progress), "step-" + (i + 1));
      worker.start();
      workers.add(worker);
    }
    join(workers);
    rethrow();
    interruption.check();
  }

  private void work(Progress.Task progress) {
    for (Step step = next(progress); step != null; step = next(progress)) {
      try {
        step.work.run();
        end(step, null, progress);
      } catch (RuntimeException | Error e) {
        end(step, e, progress);
      }
    }
  }

  /** Takes the next step as soon as there is one; null when there will be none. */
  private synchronized @Nullable Step next(Progress.Task progress) {
    try {
      while (failure == null && !interruption.requested() && !waiting.isEmpty()) {
        for (Step step : waiting) {
          if (ended.containsAll(step.after) && (running == 0 || taken + step.bytes <= budget)) {
            waiting.remove(step);
            taken += step.bytes;
            running++;
            progress.message(step.name);
            return step;
          }
        }
        if (running == 0) {
          throw new IllegalStateException("steps wait for each other");
        }
        wait();
      }
    } catch (InterruptedException e) {
      interruption.request();
      Thread.currentThread().interrupt();
    }
    return null;
  }

  private synchronized void end(Step step, @Nullable Throwable by, Progress.Task progress) {
    taken -= step.bytes;
    running--;
    if (by == null) {
      ended.add(step);
      progress.step(step.cost);
    } else if (failure == null) {
      failure = by;
    }
    notifyAll();
  }

  private static void join(List<Thread> workers) {
    boolean interrupted = false;
    for (Thread worker : workers) {
      while (worker.isAlive()) {
        try {
          worker.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void rethrow() {
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }
}
