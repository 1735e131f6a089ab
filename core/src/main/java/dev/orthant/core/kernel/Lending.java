package dev.orthant.core.kernel;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/** Things that one thread at a time can use: as many are made as have ever been in use at once. */
final class Lending<T> {

  private final Supplier<T> maker;
  private final Deque<T> idle = new ArrayDeque<>();

  Lending(Supplier<T> maker) {
    this.maker = maker;
  }

  /** One that nobody else uses until it is given back. */
  T borrow() {
    synchronized (idle) {
      T one = idle.pollFirst();
      if (one != null) {
        return one;
      }
    }
    return maker.get();
  }

  /** Ends a use. */
  void giveBack(T one) {
    synchronized (idle) {
      idle.addFirst(one);
    }
  }
}
