package dev.orthant.eval.files;

/** What is wrong in a row of a file; the reader of the task adds the file. */
final class BadRowException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  BadRowException(String place, String what) {
    super(place + ": " + what);
  }
}
