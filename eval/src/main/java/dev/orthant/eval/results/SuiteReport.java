package dev.orthant.eval.results;

import dev.orthant.core.checkpoint.AtomicFile;
import dev.orthant.eval.metrics.Interval;
import dev.orthant.eval.metrics.Score;
import dev.orthant.eval.results.SuiteFigures.Compared;
import dev.orthant.eval.results.SuiteFigures.OfAdapter;
import dev.orthant.eval.results.SuiteFigures.OfMerge;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The figures of a suite as tables in Markdown, in percent and points. The same results are the
 * same text.
 */
public final class SuiteReport {

  private static final String NOT_KNOWN = "n/a";

  private final SuiteFigures figures;
  private final SuiteResults results;
  private final StringBuilder out = new StringBuilder();

  private SuiteReport(SuiteFigures figures) {
    this.figures = figures;
    this.results = figures.results();
  }

  /** Writes {@code report.md}. */
  public static void write(Path file, SuiteFigures figures) {
    AtomicFile.write(file, text(figures));
  }

  /** All tables. */
  public static String text(SuiteFigures figures) {
    SuiteReport report = new SuiteReport(figures);
    report.introduction();
    report.tasks();
    report.adapters();
    report.merged();
    report.mergers();
    report.curves();
    report.compared("Each adapter against " + report.reference(), figures.againstReference());
    report.compared("Further comparisons", figures.comparisons());
    return report.out.toString();
  }

  private String reference() {
    return results.adapters().get(0);
  }

  private void introduction() {
    out.append(
        """
        Base %s; rows drawn with seed %d; %d repetitions (seeds %s). Scores are test scores in percent, means over
        tasks and seeds. `a ± b` is a 95 %% interval over seeds (Student's); `rows` is one over test rows (normal
        approximation).
        """
            .formatted(
                results.base(),
                results.seed(),
                results.seeds().size(),
                results.seeds().stream().map(String::valueOf).collect(Collectors.joining(", "))));
  }

  private void tasks() {
    heading("Tasks");
    header(
        "task",
        "metric",
        "classes",
        "training rows",
        "validation rows",
        "test rows",
        "majority",
        "linear probe",
        reference());
    List<double[]> singles = new ArrayList<>();
    results.experts().stream()
        .filter(run -> run.adapter().equals(reference()))
        .forEach(run -> singles.add(run.single().stream().mapToDouble(Score::value).toArray()));
    for (int i = 0; i < results.tasks().size(); i++) {
      int index = i;
      SuiteResults.Task task = results.tasks().get(i);
      double[] ofSeeds = singles.stream().mapToDouble(values -> values[index]).toArray();
      row(
          task.name(),
          task.probe().metric().id(),
          task.probe().classes() > 0 ? Integer.toString(task.probe().classes()) : "",
          Integer.toString(task.trainRows()),
          Integer.toString(task.validationRows()),
          Integer.toString(task.probe().actual().length),
          percent(task.majority().value()),
          percent(task.probe().value()),
          percent(Interval.student(ofSeeds)));
    }
  }

  private void adapters() {
    heading("Adapters on their own tasks");
    out.append(
        """
        "heads only" is each head on the untouched base. Leakage is the norm of A x on other tasks' features relative to
        the task's own; interference the same of the trained delta.

        """);
    header(
        "adapter",
        "parameters",
        "single task",
        "rows",
        "heads only",
        "leakage before",
        "after",
        "interference");
    for (OfAdapter a : figures.adapters()) {
      row(
          a.name(),
          Long.toString(a.parameters()),
          percent(a.single().seeds()),
          halfWidth(a.single().rows()),
          percent(a.headsOnly().value()),
          ratio(a.leakageBefore().mean()),
          ratio(a.leakageAfter().mean()),
          ratio(a.interference().mean()));
    }
  }

  private void merged() {
    if (results.mergers().isEmpty()) {
      return;
    }
    heading("Merged, settings chosen on validation rows");
    List<String> header = new ArrayList<>(List.of("adapter", "single task"));
    results.mergers().forEach(merger -> header.add(merger.name()));
    header(header.toArray(String[]::new));
    List<OfMerge> merges = figures.merges();
    for (OfAdapter a : figures.adapters()) {
      List<String> cells = new ArrayList<>(List.of(a.name(), percent(a.single().value())));
      merges.stream()
          .filter(m -> m.adapter().equals(a.name()))
          .forEach(m -> cells.add(percent(m.mean().seeds())));
      row(cells.toArray(String[]::new));
    }
  }

  private void mergers() {
    for (SuiteResults.Merger merger : results.mergers()) {
      heading("Merged by " + merger.name());
      header(
          "adapter",
          "settings (seeds)",
          "mean",
          "rows",
          "of its own single task",
          "of " + reference() + "'s",
          "worst task");
      for (OfMerge m : figures.merges()) {
        if (m.merger().equals(merger.name())) {
          row(
              m.adapter(),
              settings(m.settings()),
              percent(m.mean().seeds()),
              halfWidth(m.mean().rows()),
              percent(m.ownRetention()) + " %",
              percent(m.referenceRetention()) + " %",
              "%s, %s %%".formatted(m.worstTask(), percent(m.worstRetention())));
        }
      }
    }
  }

  private void curves() {
    for (SuiteResults.Merger merger : results.mergers()) {
      List<OfMerge> merges =
          figures.merges().stream()
              .filter(m -> m.merger().equals(merger.name()) && !m.curve().isEmpty())
              .toList();
      if (merges.isEmpty()) {
        continue;
      }
      heading("Every setting of " + merger.name() + ", on test rows");
      Set<String> settings = new LinkedHashSet<>(merges.get(0).curve().keySet());
      List<String> header = new ArrayList<>(List.of("adapter"));
      header.addAll(settings);
      header(header.toArray(String[]::new));
      for (OfMerge m : merges) {
        List<String> cells = new ArrayList<>(List.of(m.adapter()));
        settings.forEach(s -> cells.add(percent(m.curve().getOrDefault(s, m.mean()).seeds())));
        row(cells.toArray(String[]::new));
      }
    }
  }

  private void compared(String title, List<Compared> comparisons) {
    if (comparisons.isEmpty()) {
      return;
    }
    heading(title);
    out.append(
        """
        Difference in points with its 95 % interval, paired over seeds and tasks; `p` of Student's paired test over the
        same, corrected by Holm's method within a measure; `p over tasks` of the test over the tasks' means, uncorrected.

        """);
    header("measure", "adapter", "against", "difference", "rows", "p (Holm)", "p over tasks");
    for (Compared c : comparisons) {
      row(
          c.measure(),
          c.adapter(),
          c.against(),
          points(c.overSeedsAndTasks().difference()),
          halfWidth(c.rows()),
          probability(c.holm()),
          probability(c.overTasks().pValue()));
    }
  }

  private void heading(String text) {
    out.append("\n## ").append(text).append("\n\n");
  }

  private void header(String... cells) {
    row(cells);
    out.append("|");
    for (int i = 0; i < cells.length; i++) {
      out.append("---|");
    }
    out.append('\n');
  }

  private void row(String... cells) {
    out.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  private static String settings(Map<String, Integer> settings) {
    return settings.entrySet().stream()
        .filter(e -> !e.getKey().isEmpty())
        .map(e -> "%s (%d)".formatted(e.getKey(), e.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String percent(Interval share) {
    return Double.isFinite(share.halfWidth())
        ? percent(share.mean()) + " ± " + percent(share.halfWidth())
        : percent(share.mean());
  }

  private static String percent(double share) {
    return decimal("%.1f", 100 * share);
  }

  private static String halfWidth(Interval share) {
    return "± " + decimal("%.1f", 100 * share.halfWidth());
  }

  private static String points(Interval difference) {
    return decimal("%+.1f", 100 * difference.mean())
        + " ± "
        + decimal("%.1f", 100 * difference.halfWidth());
  }

  private static String ratio(double value) {
    return decimal("%.2f", value);
  }

  private static String probability(double p) {
    return p < 0.001 ? "< 0.001" : decimal("%.3f", p);
  }

  private static String decimal(String format, double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : NOT_KNOWN;
  }
}
