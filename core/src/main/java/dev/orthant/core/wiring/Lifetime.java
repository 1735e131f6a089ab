package dev.orthant.core.wiring;

import java.util.ArrayDeque;
import java.util.Deque;

/** What was made for one injector and has to be closed: those who use things before the things. */
final class Lifetime implements AutoCloseable {

  private final Deque<AutoCloseable> made = new ArrayDeque<>();
  private boolean closed;

  /**
   * Takes charge of something that others use: closed after them.
   *
   * @throws IllegalStateException if this has ended, in which case it is closed at once
   */
  synchronized <T extends AutoCloseable> T closesLast(T one) {
    requireOpen(one);
    made.addLast(one);
    return one;
  }

  /**
   * Takes charge of something that uses others: closed before them.
   *
   * @throws IllegalStateException if this has ended, in which case it is closed at once
   */
  synchronized <T extends AutoCloseable> T closesFirst(T one) {
    requireOpen(one);
    made.addFirst(one);
    return one;
  }

  private void requireOpen(AutoCloseable one) {
    if (closed) {
      closeUnchecked(one);
      throw new IllegalStateException("Orthant is closed");
    }
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
    left.forEach(Lifetime::closeUnchecked);
  }

  private static void closeUnchecked(AutoCloseable one) {
    try {
      one.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("cannot close " + one, e);
    }
  }
}
