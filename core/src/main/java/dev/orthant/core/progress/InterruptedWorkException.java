package dev.orthant.core.progress;

/** Work stopped because {@link Interruption#request()} asked for it. */
public final class InterruptedWorkException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  InterruptedWorkException() {
    super("interrupted");
  }
}
