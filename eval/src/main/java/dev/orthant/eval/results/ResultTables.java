package dev.orthant.eval.results;

import dev.orthant.eval.interference.Interference;
import dev.orthant.eval.metrics.Difference;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The results of a study as aligned plain text: scores in percent, differences in points with their
 * standard errors.
 */
public final class ResultTables {

  private ResultTables() {}

  /** All tables that there are results for, with a blank line between them. */
  public static String text(StudyResults results) {
    List<String> parts = new ArrayList<>();
    if (!results.singles().isEmpty()) {
      parts.add("Single-task adapters\n\n" + singles(results));
    }
    if (!results.merges().isEmpty()) {
      parts.add("Merged adapters: score per task, in percent\n\n" + merges(results));
    }
    for (InterferenceResult i : results.interferences()) {
      parts.add(
          "Interference of %s: effect of a row's adapter on a column's features, relative to its own\n\n"
                  .formatted(i.adapter())
              + interference(i.interference()));
    }
    return String.join("\n", parts);
  }

  private static String singles(StudyResults results) {
    TextTable table =
        new TextTable(
            3,
            List.of(
                "adapter",
                "task",
                "metric",
                "rows",
                "score",
                "majority",
                "probe",
                "over majority",
                "over probe"));
    for (SingleResult s : results.singles()) {
      table.row(
          List.of(
              s.adapter(),
              s.task(),
              s.metric(),
              Integer.toString(s.rows()),
              percent(s.score()),
              percent(s.majority()),
              percent(s.probe()),
              points(s.overMajority()),
              points(s.overProbe())));
    }
    return table.text();
  }

  private static String merges(StudyResults results) {
    Set<String> tasks = new LinkedHashSet<>();
    results.merges().forEach(m -> m.tasks().forEach(t -> tasks.add(t.task())));
    List<String> header = new ArrayList<>(List.of("adapter", "merger", "settings", "task id"));
    header.addAll(tasks);
    header.addAll(List.of("mean", "retention", "worst"));
    TextTable table = new TextTable(4, header);
    for (MergeResult m : results.merges()) {
      List<String> row = new ArrayList<>(List.of(m.adapter(), m.merger(), settings(m), m.taskId()));
      for (String task : tasks) {
        row.add(
            m.tasks().stream()
                .filter(t -> t.task().equals(task))
                .map(t -> percent(t.score()))
                .findFirst()
                .orElse(""));
      }
      row.add(percent(m.mean()));
      row.add(percent(m.meanRetention()));
      row.add(percent(m.worst().retention()) + " " + m.worst().task());
      table.row(row);
    }
    return table.text();
  }

  private static String interference(Interference interference) {
    List<String> header = new ArrayList<>(List.of("adapter"));
    header.addAll(interference.tasks());
    TextTable table = new TextTable(1, header);
    for (int i = 0; i < interference.tasks().size(); i++) {
      List<String> row = new ArrayList<>(List.of(interference.tasks().get(i)));
      for (int j = 0; j < interference.tasks().size(); j++) {
        row.add(decimal("%.3f", interference.relative(i, j)));
      }
      table.row(row);
    }
    return table.text();
  }

  private static String settings(MergeResult m) {
    return m.settings().entrySet().stream()
        .map(e -> e.getKey() + "=" + e.getValue())
        .collect(Collectors.joining(" "));
  }

  private static String percent(double share) {
    return decimal("%.1f", 100 * share);
  }

  private static String points(Difference d) {
    return decimal("%+.1f", 100 * d.value())
        + (Double.isFinite(d.standardError())
            ? " +- " + decimal("%.1f", 100 * d.standardError())
            : "");
  }

  private static String decimal(String format, double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "n/a";
  }
}
