package dev.orthant.eval.results;

import dev.orthant.eval.metrics.Interval;
import java.util.Locale;

/** Numbers as a report has them: shares in percent, differences in points. */
final class ReportNumbers {

  private static final String NOT_KNOWN = "n/a";

  private ReportNumbers() {}

  static String percent(Interval share) {
    return Double.isFinite(share.halfWidth())
        ? percent(share.mean()) + " ± " + percent(share.halfWidth())
        : percent(share.mean());
  }

  static String percent(double share) {
    return decimal("%.1f", 100 * share);
  }

  static String halfWidth(Interval share) {
    return "± " + decimal("%.1f", 100 * share.halfWidth());
  }

  static String points(Interval difference) {
    return decimal("%+.1f", 100 * difference.mean())
        + " ± "
        + decimal("%.1f", 100 * difference.halfWidth());
  }

  static String points(double difference) {
    return decimal("%+.1f", 100 * difference);
  }

  static String count(double value) {
    return decimal("%.0f", value);
  }

  static String ratio(double value) {
    return decimal("%.2f", value);
  }

  static String probability(double p) {
    return p < 0.001 ? "< 0.001" : decimal("%.3f", p);
  }

  private static String decimal(String format, double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : NOT_KNOWN;
  }

  /** A loss. */
  static String loss(double value) {
    return decimal("%.3f", value);
  }
}
