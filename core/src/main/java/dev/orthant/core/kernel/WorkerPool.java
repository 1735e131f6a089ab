package dev.orthant.core.kernel;

import static java.util.Objects.requireNonNull;

import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
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

  private final Worker[] workers;
  private final ThreadLocal<Job> jobs = ThreadLocal.withInitial(Job::new);
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
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
      workers[i].thread.start();
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
      share(block, blocks, helpers);
    }
    // The memory of an array may be freed as soon as the array cannot be reached: keep what the
    // block refers to until nobody computes with it any more.
    Reference.reachabilityFence(block);
  }

  private void share(Block block, int blocks, int helpers) {
    Job own = jobs.get();
    Job job = own.isIdle() ? own : new Job(); // a block may share out blocks of its own
    job.begin(block, blocks);
    for (int i = 0; i < helpers; i++) {
      workers[i].offer(job);
    }
    job.work();
    for (int i = 0; i < helpers; i++) {
      workers[i].withdraw(job);
    }
    Throwable failure = job.await();
    job.end();
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }

  /** Ends the threads and waits until they have ended; operations in progress finish first. */
  @Override
  public void close() {
    closed = true;
    for (Worker worker : workers) {
      LockSupport.unpark(worker.thread);
    }
    boolean interrupted = false;
    for (Worker worker : workers) {
      while (worker.thread.isAlive() && worker.thread != Thread.currentThread()) {
        try {
          worker.thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** A thread, and the place where it looks for work. One that is busy is not waited for. */
  private final class Worker {

    private final AtomicReference<@Nullable Job> place = new AtomicReference<>();
    private final Thread thread;
    private volatile boolean asleep;

    Worker(int number) {
      thread = new Thread(this::work, "orthant-worker-" + number);
      thread.setDaemon(true);
    }

    void offer(Job job) {
      job.holders.incrementAndGet();
      if (!place.compareAndSet(null, job)) {
        job.holders.decrementAndGet();
      } else if (asleep) {
        LockSupport.unpark(thread);
      }
    }

    /** Takes back what the thread has not begun with. */
    void withdraw(Job job) {
      if (place.compareAndSet(job, null)) {
        job.holders.decrementAndGet();
      }
    }

    private void work() {
      for (Job job = next(); job != null; job = next()) {
        job.work();
        job.holders.decrementAndGet();
      }
    }

    /** The next job: looked for without rest for a moment, then waited for; null at the end. */
    private @Nullable Job next() {
      long end = System.nanoTime() + PATIENCE_NANOS;
      while (!closed) {
        Job job = place.get();
        if (job != null && place.compareAndSet(job, null)) {
          return job;
        }
        if (System.nanoTime() < end) {
          Thread.onSpinWait();
        } else {
          asleep = true;
          if (place.get() == null && !closed) {
            LockSupport.park(this);
            Thread.interrupted(); // would keep it from sleeping; to be closed it is told otherwise
          }
          asleep = false;
        }
      }
      return null;
    }
  }

  /** An operation whose blocks are shared out. Used again once no worker holds it any more. */
  private static final class Job {

    private static final Block NOTHING = index -> {};

    private final Thread owner = Thread.currentThread();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger holders =
        new AtomicInteger(); // workers that have it or may take it
    private volatile Block block = NOTHING;
    private int blocks;
    private volatile @Nullable Throwable failure;

    /** Whether nobody works on it or could still look at it. */
    boolean isIdle() {
      return block == NOTHING && holders.get() == 0;
    }

    void begin(Block newBlock, int newBlocks) {
      block = newBlock;
      blocks = newBlocks;
      failure = null;
      open.set(newBlocks);
      next.set(0);
    }

    void end() {
      block = NOTHING;
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

    /** Waits until all blocks are done, and returns what one of them failed with. */
    @Nullable Throwable await() {
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
      return failure;
    }
  }
}
