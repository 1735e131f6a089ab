package dev.orthant.core.merge.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A few threads that go through a list together. */
final class Workers {

  private Workers() {}

  /** What is done to one item. */
  @FunctionalInterface
  interface Work<S, T> {

    void run(S state, T item) throws InterruptedException;
  }

  /**
   * Takes the items in order, each by one thread, and waits for all. After the first failure no
   * further item is begun, and it is thrown.
   *
   * @param state what each thread has to itself
   */
  static <S, T> void each(int threads, List<T> items, Supplier<S> state, Work<S, T> work)
      throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Runnable loop =
        () -> {
          try {
            S own = state.get();
            for (int i = next.getAndIncrement();
                i < items.size() && failure.get() == null;
                i = next.getAndIncrement()) {
              work.run(own, items.get(i));
            }
          } catch (InterruptedException | RuntimeException | Error e) {
            failure.compareAndSet(null, e);
          }
        };
    List<Thread> started = new ArrayList<>();
    for (int t = 1; t < Math.min(threads, items.size()); t++) {
      Thread thread = new Thread(loop, "merge-" + t);
      thread.setDaemon(true);
      thread.start();
      started.add(thread);
    }
    loop.run();
    for (Thread thread : started) {
      thread.join();
    }
    Throwable thrown = failure.get();
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
    if (thrown instanceof InterruptedException e) {
      throw e;
    }
  }
}
