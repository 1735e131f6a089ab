package dev.orthant.eval.report;

import java.util.Locale;

/** How the page writes a value, and so how a column is aligned and sorted. */
enum Format {
  TEXT,
  COUNT,
  /** A share, in percent. */
  PERCENT,
  /** A difference of shares, in points, with its sign. */
  POINTS,
  RATIO,
  /** Four significant digits. */
  NUMBER,
  DEGREES,
  SECONDS,
  BYTES,
  PROBABILITY;

  /** Its name on the page. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
