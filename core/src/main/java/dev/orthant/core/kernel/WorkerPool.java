package dev.orthant.core.kernel;

import static java.util.Objects.requireNonNull;

import java.lang.ref.Reference;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of threads that share the blocks of an operation. The calling thread works too, so
 * a pool of one thread runs everything in the caller, and calls may be nested.
 */
public final class WorkerPool implements AutoCloseable {

  /** One block of an operation. */
  @FunctionalInterface
  public interface Block {
    /** Does the block of this index. */
    void run(int index);
  }

  /**
   * How long a thread looks for work before it sleeps. Operations of a training step take from 0.05
   * to 5 ms and follow each other at once, while waking a thread can take a millisecond.
   */
  private static final long PATIENCE_NANOS = 1_000_000;

  private final LinkedTransferQueue<Job> queue = new LinkedTransferQueue<>();
  private final Thread[] workers;
  private volatile boolean closed;

  /**
   * Starts the threads.
   *
   * @param threads how many threads work on an operation, the caller included; at least 1
   */
  public WorkerPool(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("a pool needs at least 1 thread, was " + threads);
    }
    workers = new Thread[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Thread(this::work, "orthant-worker-" + (i + 1));
      workers[i].setDaemon(true);
      workers[i].start();
    }
  }

  /** A pool with as many threads as there are processors. */
  public static WorkerPool ofProcessors() {
    return new WorkerPool(Runtime.getRuntime().availableProcessors());
  }

  /** How many threads work on an operation, the caller included. */
  public int threads() {
    return workers.length + 1;
  }

  /**
   * Runs the blocks 0 to {@code blocks - 1} in any order and on any thread, and returns when all
   * are done. The first failure of a block is rethrown; blocks not yet begun are then left out.
   */
  public void forEach(int blocks, Block block) {
    requireNonNull(block, "block");
    if (closed) {
      throw new IllegalStateException("the worker pool is closed");
    }
    int helpers = Math.min(workers.length, blocks - 1);
    if (helpers <= 0) {
      for (int i = 0; i < blocks; i++) {
        block.run(i);
      }
    } else {
      Job job = new Job(block, blocks);
      for (int i = 0; i < helpers; i++) {
        queue.offer(job);
      }
      job.work();
      job.await();
    }
    // The memory of an array may be freed as soon as the array cannot be reached: keep what the
    // block refers to until nobody computes with it any more.
    Reference.reachabilityFence(block);
  }

  /** Ends the threads; operations in progress finish first. */
  @Override
  public void close() {
    closed = true;
    for (Thread worker : workers) {
      worker.interrupt();
    }
  }

  private void work() {
    while (!closed) {
      try {
        next().work();
      } catch (InterruptedException e) {
        // close() interrupts; anything else is not ours to act upon
      }
    }
  }

  /** The next job: looked for without rest for a moment, then waited for. */
  private Job next() throws InterruptedException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    for (Job job = queue.poll(); ; job = queue.poll()) {
      if (job != null) {
        return job;
      }
      if (System.nanoTime() > end) {
        return queue.take();
      }
      Thread.onSpinWait();
    }
  }

  private static final class Job {

    private final Block block;
    private final int blocks;
    private final Thread owner = Thread.currentThread();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger open;
    private volatile @Nullable Throwable failure;

    Job(Block block, int blocks) {
      this.block = block;
      this.blocks = blocks;
      this.open = new AtomicInteger(blocks);
    }

    void work() {
      for (int i = next.getAndIncrement(); i < blocks; i = next.getAndIncrement()) {
        try {
          if (failure == null) {
            block.run(i);
          }
        } catch (Throwable t) { // whatever it is, the owner gets it
          failure = t;
        } finally {
          if (open.decrementAndGet() == 0) {
            LockSupport.unpark(owner);
          }
        }
      }
    }

    void await() {
      boolean interrupted = false;
      long end = System.nanoTime() + PATIENCE_NANOS;
      while (open.get() > 0 && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      while (open.get() > 0) {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      Throwable t = failure;
      if (t instanceof RuntimeException e) {
        throw e;
      }
      if (t instanceof Error e) {
        throw e;
      }
    }
  }
}
