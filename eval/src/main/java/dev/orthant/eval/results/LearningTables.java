package dev.orthant.eval.results;

import static java.math.RoundingMode.HALF_UP;

import dev.orthant.eval.metrics.Interval;
import dev.orthant.eval.results.LearningFigures.Learning;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** The learning curves of a suite as tables. */
final class LearningTables {

  private LearningTables() {}

  /** Writes nothing if no training recorded a score. */
  static void write(MarkdownText out, SuiteResults results) {
    LearningFigures figures = new LearningFigures(results);
    if (figures.epochs().isEmpty()) {
      return;
    }
    out.heading("Learning curves");
    out.text(
        """
        Score on validation rows at each evaluation, the mean over tasks and seeds, and mean training loss in parts of
        the training.

        """);
    List<String> header = new ArrayList<>(List.of("adapter"));
    for (double epoch : figures.epochs()) {
      header.add(
          "epoch "
              + BigDecimal.valueOf(epoch)
                  .setScale(2, HALF_UP)
                  .stripTrailingZeros()
                  .toPlainString());
    }
    List<String> task = new ArrayList<>(header);
    if (figures.hasLosses()) {
      figures.parts().forEach(part -> header.add("loss " + part));
    }
    out.header(header.toArray(String[]::new));
    for (String adapter : results.adapters()) {
      Learning learning = figures.of(adapter, LearningFigures.ALL_TASKS);
      List<String> cells = scores(adapter, learning);
      if (figures.hasLosses()) {
        learning.losses().stream().map(Interval::mean).map(ReportNumbers::loss).forEach(cells::add);
      }
      out.row(cells.toArray(String[]::new));
    }
    if (results.tasks().size() > 1) {
      out.text("\nBy task, over seeds:\n\n");
      task.add(0, "task");
      byTask(out, results, figures, task);
    }
  }

  private static void byTask(
      MarkdownText out, SuiteResults results, LearningFigures figures, List<String> header) {
    out.header(header.toArray(String[]::new));
    for (int task = 0; task < results.tasks().size(); task++) {
      for (String adapter : results.adapters()) {
        List<String> cells = scores(adapter, figures.of(adapter, task));
        cells.add(0, results.tasks().get(task).name());
        out.row(cells.toArray(String[]::new));
      }
    }
  }

  private static List<String> scores(String adapter, Learning learning) {
    List<String> cells = new ArrayList<>(List.of(adapter));
    learning.scores().stream().map(ReportNumbers::percent).forEach(cells::add);
    return cells;
  }
}
