package dev.orthant.cli;

/** Options that do not go together; the command line itself is wrong. */
final class MisuseException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  MisuseException(String what) {
    super(what);
  }
}
