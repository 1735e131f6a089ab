package dev.orthant.eval.report;

import java.util.Locale;

/** Something to know before reading on, such as the base model. */
record Fact(String name, String value) {

  static String percent(double share) {
    return Double.isFinite(share) ? String.format(Locale.ROOT, "%.1f %%", 100 * share) : "n/a";
  }
}
