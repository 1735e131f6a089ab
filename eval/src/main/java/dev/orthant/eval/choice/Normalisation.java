package dev.orthant.eval.choice;

import java.nio.charset.StandardCharsets;

/** What a choice's log-likelihood is divided by before choices are compared. */
public enum Normalisation {
  /** Nothing. */
  NONE("acc") {
    @Override
    double length(String choice) {
      return 1;
    }
  },
  /** The number of characters, Unicode code points, of the choice without the space before it. */
  CHARACTERS("acc_norm") {
    @Override
    double length(String choice) {
      return choice.codePointCount(0, choice.length());
    }
  },
  /** The number of bytes of the choice in UTF-8. */
  BYTES("acc_bytes") {
    @Override
    double length(String choice) {
      return choice.getBytes(StandardCharsets.UTF_8).length;
    }
  };

  private final String metric;

  Normalisation(String metric) {
    this.metric = metric;
  }

  /** The name of the accuracy under it, as lm-evaluation-harness has it. */
  public String metric() {
    return metric;
  }

  abstract double length(String choice);
}
