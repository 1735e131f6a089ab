package dev.orthant.eval.results;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.orthant.eval.interference.Interference;
import dev.orthant.eval.metrics.Difference;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The results of a study in long form: one value a row, empty cells for what does not apply. */
final class ResultsCsv {

  private static final Difference NO_ERROR = new Difference(Double.NaN, Double.NaN);

  private final CsvWriter csv;

  private ResultsCsv(CsvWriter csv) {
    this.csv = csv;
  }

  static String text(StudyResults results) {
    StringWriter out = new StringWriter();
    CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(out);
    csv.writeRecord(
        "adapter",
        "merger",
        "settings",
        "task_id",
        "task",
        "features",
        "metric",
        "quantity",
        "value",
        "standard_error");
    ResultsCsv rows = new ResultsCsv(csv);
    results.singles().forEach(rows::add);
    results.merges().forEach(rows::add);
    results.interferences().forEach(rows::add);
    rows.flush();
    return out.toString();
  }

  private void add(SingleResult s) {
    String[] at = {s.adapter(), "", "", "", s.task(), "", s.metric()};
    value(at, "score", s.score(), new Difference(s.score(), s.standardError()));
    value(at, "majority", s.majority(), NO_ERROR);
    value(at, "probe", s.probe(), NO_ERROR);
    value(at, "over_majority", s.overMajority().value(), s.overMajority());
    value(at, "over_probe", s.overProbe().value(), s.overProbe());
  }

  private void add(MergeResult m) {
    String settings =
        m.settings().entrySet().stream()
            .map(e -> e.getKey() + "=" + e.getValue())
            .collect(Collectors.joining(" "));
    for (MergedTask t : m.tasks()) {
      String[] at = {m.adapter(), m.merger(), settings, m.taskId(), t.task(), "", t.metric()};
      value(at, "score", t.score(), new Difference(t.score(), t.standardError()));
      value(at, "retention", t.retention(), NO_ERROR);
      value(at, "over_single", t.overSingle().value(), t.overSingle());
    }
    String[] all = {m.adapter(), m.merger(), settings, m.taskId(), "", "", ""};
    value(all, "mean", m.mean(), NO_ERROR);
    value(all, "mean_retention", m.meanRetention(), NO_ERROR);
  }

  private void add(InterferenceResult result) {
    Interference interference = result.interference();
    for (int i = 0; i < interference.tasks().size(); i++) {
      for (int j = 0; j < interference.tasks().size(); j++) {
        String[] at = {
          result.adapter(), "", "", "", interference.tasks().get(i), interference.tasks().get(j), ""
        };
        value(at, "effect", interference.effects().get(i).get(j), NO_ERROR);
        value(at, "relative_effect", interference.relative(i, j), NO_ERROR);
      }
    }
  }

  private void value(String[] at, String quantity, double value, Difference difference) {
    List<String> row = new ArrayList<>(List.of(at));
    row.addAll(List.of(quantity, cell(value), cell(difference.standardError())));
    csv.writeRecord(row);
  }

  private void flush() {
    try {
      csv.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("a text in memory can be written", e);
    }
  }

  private static String cell(double value) {
    return Double.isFinite(value) ? ResultNumbers.text(value) : "";
  }
}
