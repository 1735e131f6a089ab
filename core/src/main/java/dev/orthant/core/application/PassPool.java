package dev.orthant.core.application;

import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.Pass;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Passes for whoever asks, so that memory grows with the number that run at once and not with the
 * number of callers. Further callers wait, in the order that they came in.
 */
final class PassPool implements AutoCloseable {

  private final Kernels kernels;
  private final Semaphore free;
  private final Deque<Pass> idle = new ArrayDeque<>();

  /**
   * @param most how many can be in use at once
   */
  PassPool(Kernels kernels, int most) {
    this.kernels = kernels;
    this.free = new Semaphore(most, true);
  }

  /** Runs something with a pass that nobody else uses meanwhile. */
  <T> T with(AdapterSet adapters, Function<Pass, T> work) {
    free.acquireUninterruptibly();
    try {
      Pass pass = take(adapters);
      try {
        return work.apply(pass);
      } finally {
        giveBack(pass);
      }
    } finally {
      free.release();
    }
  }

  private Pass take(AdapterSet adapters) {
    Pass pass = mostRecent();
    if (pass == null) {
      return new Pass(kernels, adapters);
    }
    if (pass.adapters() != adapters) {
      pass.adapters(adapters);
    }
    return pass;
  }

  private @Nullable Pass mostRecent() {
    synchronized (idle) {
      return idle.pollFirst();
    }
  }

  private void giveBack(Pass pass) {
    synchronized (idle) {
      idle.addFirst(pass);
    }
  }

  /** Frees the passes; none may be in use. */
  @Override
  public void close() {
    synchronized (idle) {
      idle.forEach(Pass::close);
      idle.clear();
    }
  }
}
