package dev.orthant.core.wiring;

import java.util.ArrayDeque;
import java.util.Deque;

/** What was made for one injector and has to be closed, last made first. */
final class Lifetime implements AutoCloseable {

  private final Deque<AutoCloseable> made = new ArrayDeque<>();
  private boolean closed;

  /**
   * Takes charge of something.
   *
   * @throws IllegalStateException if this has ended, in which case it is closed at once
   */
  synchronized <T extends AutoCloseable> T owns(T one) {
    if (closed) {
      closeQuietly(one);
      throw new IllegalStateException("Orthant is closed");
    }
    made.push(one);
    return one;
  }

  /** Closes what was made; only once. */
  @Override
  public void close() {
    Deque<AutoCloseable> left;
    synchronized (this) {
      closed = true;
      left = new ArrayDeque<>(made);
      made.clear();
    }
    left.forEach(Lifetime::closeQuietly);
  }

  private static void closeQuietly(AutoCloseable one) {
    try {
      one.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("cannot close " + one, e);
    }
  }
}
