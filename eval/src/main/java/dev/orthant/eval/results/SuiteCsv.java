package dev.orthant.eval.results;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.orthant.eval.metrics.Score;
import dev.orthant.eval.results.SuiteResults.Candidate;
import dev.orthant.eval.results.SuiteResults.ExpertRun;
import dev.orthant.eval.results.SuiteResults.MergeRun;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/** The test scores of a suite in long form: one score a row. */
final class SuiteCsv {

  private final SuiteResults results;
  private final CsvWriter csv;

  private SuiteCsv(SuiteResults results, CsvWriter csv) {
    this.results = results;
    this.csv = csv;
  }

  static String text(SuiteResults results) {
    StringWriter out = new StringWriter();
    CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(out);
    csv.writeRecord(
        "adapter", "seed", "measure", "task_id", "settings", "chosen", "task", "metric", "score");
    SuiteCsv rows = new SuiteCsv(results, csv);
    results.experts().forEach(rows::add);
    results.merges().forEach(rows::add);
    results
        .controls()
        .forEach(
            run -> rows.rows(run.adapter(), run.seed(), run.control(), "", "", "", run.scores()));
    try {
      csv.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("a text in memory can be written", e);
    }
    return out.toString();
  }

  private void add(ExpertRun run) {
    rows(run.adapter(), run.seed(), SuiteFigures.SINGLE, "", "", "", run.single());
    rows(run.adapter(), run.seed(), "heads only", "", "", "", run.headsOnly());
  }

  private void add(MergeRun run) {
    boolean needsTask =
        results.mergers().stream()
            .anyMatch(merger -> merger.name().equals(run.merger()) && merger.taskKnown());
    for (int i = 0; i < run.candidates().size(); i++) {
      Candidate candidate = run.candidates().get(i);
      rows(
          run.adapter(),
          run.seed(),
          run.merger(),
          MergeResult.taskId(needsTask),
          candidate.settings(),
          Boolean.toString(i == run.chosen()),
          candidate.test());
    }
  }

  private void rows(
      String adapter,
      long seed,
      String measure,
      String taskId,
      String settings,
      String chosen,
      List<Score> scores) {
    for (int task = 0; task < scores.size(); task++) {
      Score score = scores.get(task);
      csv.writeRecord(
          adapter,
          Long.toString(seed),
          measure,
          taskId,
          settings,
          chosen,
          results.tasks().get(task).name(),
          score.metric().id(),
          Double.isFinite(score.value()) ? ResultNumbers.text(score.value()) : "");
    }
  }
}
