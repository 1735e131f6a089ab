package dev.orthant.eval.results;

import dev.orthant.core.checkpoint.AtomicFile;
import dev.orthant.eval.metrics.Interval;
import dev.orthant.eval.metrics.Score;
import dev.orthant.eval.results.SuiteFigures.Compared;
import dev.orthant.eval.results.SuiteFigures.OfAdapter;
import dev.orthant.eval.results.SuiteFigures.OfControl;
import dev.orthant.eval.results.SuiteFigures.OfMerge;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The figures of a suite as tables in Markdown, in percent and points. The same results are the
 * same text.
 */
public final class SuiteReport {

  private final SuiteFigures figures;
  private final SuiteResults results;
  private final MarkdownText out = new MarkdownText();

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
    report.learning();
    report.controls();
    report.merged();
    report.mergers();
    report.curves();
    report.quality();
    report.compared("Each adapter against " + report.reference(), figures.againstReference());
    report.compared("Further comparisons", figures.comparisons());
    return report.out.toString();
  }

  private String reference() {
    return results.adapters().get(0);
  }

  private void introduction() {
    out.text(
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
    out.heading("Tasks");
    out.header(
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
      out.row(
          task.name(),
          task.probe().metric().id(),
          task.probe().classes() > 0 ? Integer.toString(task.probe().classes()) : "",
          Integer.toString(task.trainRows()),
          Integer.toString(task.validationRows()),
          Integer.toString(task.probe().actual().length),
          ReportNumbers.percent(task.majority().value()),
          ReportNumbers.percent(task.probe().value()),
          ReportNumbers.percent(Interval.student(ofSeeds)));
    }
  }

  private void quality() {
    out.heading("Calibration, forgetting and size");
    out.text(
        """
        Calibration error: the expected difference between how sure a model is and how often it is right, in ten bins.
        Over base: points above the same head on the untouched base; forgetting: points of the base's score that are
        lost, a task that gained counting as 0. Parameters hold the adapter, without heads.

        """);
    out.header("adapter", "measure", "calibration error", "over base", "forgetting", "parameters");
    for (QualityFigures.Quality q : new QualityFigures(results).all()) {
      out.row(
          q.adapter(),
          q.measure(),
          ReportNumbers.percent(q.calibrationError()),
          ReportNumbers.points(q.overBase()),
          ReportNumbers.percent(q.forgetting()),
          ReportNumbers.count(q.parameters()));
    }
  }

  private void adapters() {
    out.heading("Adapters on their own tasks");
    out.text(
        """
        "heads only" is each head on the untouched base. Leakage is the norm of A x on other tasks' features relative to
        the task's own; interference the same of the trained delta.

        """);
    out.header(
        "adapter",
        "parameters",
        "single task",
        "rows",
        "heads only",
        "leakage before",
        "after",
        "interference");
    for (OfAdapter a : figures.adapters()) {
      out.row(
          a.name(),
          Long.toString(a.parameters()),
          ReportNumbers.percent(a.single().seeds()),
          ReportNumbers.halfWidth(a.single().rows()),
          ReportNumbers.percent(a.headsOnly().value()),
          ReportNumbers.ratio(a.leakageBefore().mean()),
          ReportNumbers.ratio(a.leakageAfter().mean()),
          ReportNumbers.ratio(a.interference().mean()));
    }
  }

  private void learning() {
    LearningTables.write(out, results);
  }

  private void controls() {
    if (results.controls().isEmpty()) {
      return;
    }
    out.heading("Controls");
    out.text(
        """
        "multi-task" is one unconstrained adapter trained on the rows of all tasks, with a head for each; "random" is each
        head on a random delta of the trained one's rank and norm; "ensemble" is each head on every expert's encoder in
        turn, probabilities averaged.

        """);
    List<String> columns =
        new ArrayList<>(List.of("control", "adapter", "mean", "rows", "of its own single task"));
    results.tasks().forEach(task -> columns.add(task.name()));
    out.header(columns.toArray(String[]::new));
    for (OfControl c : figures.controls()) {
      List<String> cells =
          new ArrayList<>(
              List.of(
                  c.control(),
                  c.adapter(),
                  ReportNumbers.percent(c.mean().seeds()),
                  ReportNumbers.halfWidth(c.mean().rows()),
                  ReportNumbers.percent(c.ownRetention())));
      c.byTask().forEach(value -> cells.add(ReportNumbers.percent(value)));
      out.row(cells.toArray(String[]::new));
    }
  }

  private void merged() {
    if (results.mergers().isEmpty()) {
      return;
    }
    out.heading("Merged, settings chosen on validation rows");
    List<String> header = new ArrayList<>(List.of("adapter", "single task"));
    for (SuiteResults.Merger merger : results.mergers()) {
      header.add(merger.taskKnown() ? merger.name() + " (task known)" : merger.name());
    }
    out.header(header.toArray(String[]::new));
    List<OfMerge> merges = figures.merges();
    for (OfAdapter a : figures.adapters()) {
      List<String> cells =
          new ArrayList<>(List.of(a.name(), ReportNumbers.percent(a.single().value())));
      merges.stream()
          .filter(m -> m.adapter().equals(a.name()))
          .forEach(m -> cells.add(ReportNumbers.percent(m.mean().seeds())));
      out.row(cells.toArray(String[]::new));
    }
  }

  private void mergers() {
    for (SuiteResults.Merger merger : results.mergers()) {
      out.heading("Merged by " + merger.name());
      if (merger.taskKnown()) {
        out.text(
            "Not one model: each task uses what its own mask leaves, and has to be known.\n\n");
      }
      out.header(
          "adapter",
          "settings (seeds)",
          "mean",
          "rows",
          "of its own single task",
          "of " + reference() + "'s",
          "worst task");
      for (OfMerge m : figures.merges()) {
        if (m.merger().equals(merger.name())) {
          out.row(
              m.adapter(),
              settings(m.settings()),
              ReportNumbers.percent(m.mean().seeds()),
              ReportNumbers.halfWidth(m.mean().rows()),
              ReportNumbers.percent(m.ownRetention()) + " %",
              ReportNumbers.percent(m.referenceRetention()) + " %",
              "%s, %s %%".formatted(m.worstTask(), ReportNumbers.percent(m.worstRetention())));
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
      out.heading("Every setting of " + merger.name() + ", on test rows");
      Set<String> settings = new LinkedHashSet<>(merges.get(0).curve().keySet());
      List<String> header = new ArrayList<>(List.of("adapter"));
      header.addAll(settings);
      out.header(header.toArray(String[]::new));
      for (OfMerge m : merges) {
        List<String> cells = new ArrayList<>(List.of(m.adapter()));
        settings.forEach(
            s -> cells.add(ReportNumbers.percent(m.curve().getOrDefault(s, m.mean()).seeds())));
        out.row(cells.toArray(String[]::new));
      }
    }
  }

  private void compared(String title, List<Compared> comparisons) {
    if (comparisons.isEmpty()) {
      return;
    }
    out.heading(title);
    out.text(
        """
        Difference in points with its 95 % interval, paired over seeds and tasks; `p` of Student's paired test over the
        same, corrected by Holm's method within a measure; `p over tasks` of the test over the tasks' means, uncorrected.

        """);
    out.header("measure", "adapter", "against", "difference", "rows", "p (Holm)", "p over tasks");
    for (Compared c : comparisons) {
      out.row(
          c.measure(),
          c.adapter(),
          c.against(),
          ReportNumbers.points(c.overSeedsAndTasks().difference()),
          ReportNumbers.halfWidth(c.rows()),
          ReportNumbers.probability(c.holm()),
          ReportNumbers.probability(c.overTasks().pValue()));
    }
  }

  private static String settings(Map<String, Integer> settings) {
    return settings.entrySet().stream()
        .filter(e -> !e.getKey().isEmpty())
        .map(e -> "%s (%d)".formatted(e.getKey(), e.getValue()))
        .collect(Collectors.joining(", "));
  }
}
