package dev.orthant.core.progress;

/**
 * Asks long work to stop at the next point where it can leave things in order.
 *
 * <p>Whoever wants the stop calls {@link #request()}, from any thread; the work calls {@link
 * #check()} where it may stop, at least once a second.
 */
public final class Interruption {

  private volatile boolean requested;

  /** Asks for the stop; a second request changes nothing. */
  public void request() {
    requested = true;
  }

  /** Whether the stop was asked for. */
  public boolean requested() {
    return requested;
  }

  /**
   * Does nothing unless the stop was asked for.
   *
   * @throws InterruptedWorkException if it was
   */
  public void check() {
    if (requested) {
      throw new InterruptedWorkException();
    }
  }
}
