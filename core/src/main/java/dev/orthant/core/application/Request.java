package dev.orthant.core.application;

import static java.util.Objects.requireNonNull;

/**
 * A text for one of several classifiers, to be answered in one batch with others.
 *
 * @param classifier who is asked
 * @param input what about
 */
public record Request(TextClassifier classifier, TextInput input) {

  /** Refuses nulls. */
  public Request {
    requireNonNull(classifier, "classifier");
    requireNonNull(input, "input");
  }

  /** A text alone. */
  public static Request of(TextClassifier classifier, String text) {
    return new Request(classifier, TextInput.of(text));
  }
}
