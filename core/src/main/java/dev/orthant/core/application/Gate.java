package dev.orthant.core.application;

/** Who uses a thing whose memory is freed by hand: it is freed when nobody does any more. */
final class Gate {

  private final String thing;
  private int inside;
  private boolean closed;

  /**
   * @param thing what it is, for messages
   */
  Gate(String thing) {
    this.thing = thing;
  }

  /**
   * Begins a use.
   *
   * @throws IllegalStateException if the thing is closed
   */
  synchronized void enter() {
    if (closed) {
      throw new IllegalStateException(thing + " is closed");
    }
    inside++;
  }

  /** Ends a use. */
  synchronized void exit() {
    inside--;
    notifyAll();
  }

  /** Lets nobody in any more and waits for those inside; false if it was closed already. */
  synchronized boolean close() {
    if (closed) {
      return false;
    }
    closed = true;
    boolean interrupted = false;
    while (inside > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return true;
  }
}
