package dev.orthant.eval.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.eval.metrics.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;

/** What {@code forecast.json} expected of merges, beside what came true. */
final class ForecastSection {

  private static final int FEWEST = 3; // of which a rank correlation says something
  private static final String NOTE =
      "Retention that was to be expected of each merge from the adapters at their first evaluation "
          + "and the statistics of the base model's features, with nothing fitted: on each task "
          + "(h + (s - h) / (1 + d²)) / s, with s the early adapter's validation score, h that of "
          + "its head on the untouched base, and d the merge's disturbance of the task's features; "
          + "means over tasks and seeds, beside the mean of the test scores' ratios.";

  private final JsonNode forecasts;

  /**
   * @param root the tree of {@code forecast.json}
   */
  ForecastSection(JsonNode root) {
    this.forecasts = root.path("forecasts");
  }

  /** What a merge kept. */
  interface Truth {

    /** The mean over tasks of merged score over single-task score; NaN if it is not known. */
    double retention(String adapter, String merger, long seed);
  }

  /** A forecast and what came true, means over seeds. */
  private record Pair(double forecast, double truth, int seeds) {

    Pair plus(double otherForecast, double otherTruth) {
      return new Pair(forecast + otherForecast, truth + otherTruth, seeds + 1);
    }
  }

  /** The section, if there are forecasts. */
  List<Section> section(Truth truth) {
    Map<List<String>, Pair> pairs = new LinkedHashMap<>();
    for (JsonNode f : forecasts) {
      String adapter = f.path("adapter").asText();
      String merger = f.path("merger").asText();
      double expected = f.path("mean_retention").asDouble(Double.NaN);
      double kept = truth.retention(adapter, merger, f.path("seed").asLong());
      if (Double.isFinite(expected) && Double.isFinite(kept)) {
        pairs.merge(
            List.of(adapter, merger),
            new Pair(expected, kept, 1),
            (before, unused) -> before.plus(expected, kept));
      }
    }
    if (pairs.isEmpty()) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    List<Interval> expected = new ArrayList<>();
    List<Interval> kept = new ArrayList<>();
    Table table =
        new Table("Forecast and truth")
            .column("adapter", Format.TEXT)
            .column("merger", Format.TEXT)
            .column("forecast, %", Format.PERCENT)
            .column("came true, %", Format.PERCENT)
            .column("forecast - truth, points", Format.POINTS);
    pairs.forEach(
        (key, pair) -> {
          double forecast = pair.forecast() / pair.seeds();
          double came = pair.truth() / pair.seeds();
          names.add(key.get(0) + ", " + key.get(1));
          expected.add(new Interval(forecast, Double.NaN));
          kept.add(new Interval(came, Double.NaN));
          table
              .row()
              .cell(key.get(0))
              .cell(key.get(1))
              .cell(forecast)
              .cell(came)
              .cell(forecast - came);
        });
    Bars bars =
        new Bars("Retention, forecast and true", "merge", names, Format.PERCENT)
            .series("forecast", expected)
            .series("came true", kept);
    return List.of(
        new Section("Forecast", NOTE + correlation(expected, kept), List.of(bars, table)));
  }

  private static String correlation(List<Interval> expected, List<Interval> kept) {
    double[] x = expected.stream().mapToDouble(Interval::mean).toArray();
    double[] y = kept.stream().mapToDouble(Interval::mean).toArray();
    double rho = x.length < FEWEST ? Double.NaN : new SpearmansCorrelation().correlation(x, y);
    return Double.isFinite(rho)
        ? String.format(
            Locale.ROOT, " Spearman's rank correlation over %d merges: %.2f.", x.length, rho)
        : " Their rank correlation is not defined: they are too few, or all alike.";
  }
}
