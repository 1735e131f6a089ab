package dev.orthant.eval.results;

import dev.orthant.eval.metrics.Calibration;
import dev.orthant.eval.metrics.Score;
import dev.orthant.eval.results.SuiteResults.ExpertRun;
import dev.orthant.eval.results.SuiteResults.MergeRun;
import java.util.ArrayList;
import java.util.List;

/** What a suite's scores say beyond their means: calibration, forgetting and size. */
public final class QualityFigures {

  private final SuiteResults results;

  /** Figures of these results. */
  public QualityFigures(SuiteResults results) {
    this.results = results;
  }

  /**
   * One kind of adapter on single tasks, or merged in one way. The base's scores, which others are
   * compared with, are those of each task's head on the untouched base; there are none to compare
   * with where a task has no head that was trained beside the adapter.
   *
   * @param adapter the adapter's name
   * @param measure {@link SuiteFigures#SINGLE} or a merger
   * @param calibration of all tasks and seeds together
   * @param calibrationError the mean over tasks and seeds of each one's expected calibration error;
   *     NaN where it is not known, as for regressions
   * @param overBase the mean over tasks and seeds of {@code score - base's score}
   * @param forgetting the mean of {@code max(0, base's score - score)}: what the base could do with
   *     the same head and the adapted model cannot
   * @param parameters the number of values that hold the adapter, without heads; the mean over
   *     seeds
   */
  public record Quality(
      String adapter,
      String measure,
      Calibration calibration,
      double calibrationError,
      double overBase,
      double forgetting,
      double parameters) {}

  /** Every adapter, on single tasks and merged. */
  public List<Quality> all() {
    List<Quality> all = new ArrayList<>();
    for (String adapter : results.adapters()) {
      List<ExpertRun> experts =
          results.experts().stream().filter(run -> run.adapter().equals(adapter)).toList();
      all.add(
          quality(
              adapter,
              SuiteFigures.SINGLE,
              experts.stream().map(ExpertRun::single).toList(),
              experts,
              experts.stream().mapToLong(ExpertRun::parameters).average().orElse(Double.NaN)));
      for (SuiteResults.Merger merger : results.mergers()) {
        List<MergeRun> merges =
            results.merges().stream()
                .filter(m -> m.adapter().equals(adapter) && m.merger().equals(merger.name()))
                .toList();
        all.add(
            quality(
                adapter,
                merger.name(),
                merges.stream().map(MergeRun::scores).toList(),
                experts,
                merges.stream().mapToDouble(MergeRun::parameters).average().orElse(Double.NaN)));
      }
    }
    return all;
  }

  private static Quality quality(
      String adapter,
      String measure,
      List<List<Score>> bySeed,
      List<ExpertRun> experts,
      double parameters) {
    double errors = 0;
    double over = 0;
    double lost = 0;
    int classified = 0;
    int count = 0;
    for (int seed = 0; seed < bySeed.size(); seed++) {
      for (int task = 0; task < bySeed.get(seed).size(); task++) {
        Score score = bySeed.get(seed).get(task);
        double difference = score.value() - experts.get(seed).headsOnly().get(task).value();
        over += difference;
        lost += Math.max(0, -difference);
        count++;
        if (score.confidences().length > 0) {
          errors += Calibration.of(List.of(score)).error();
          classified++;
        }
      }
    }
    return new Quality(
        adapter,
        measure,
        Calibration.of(bySeed.stream().flatMap(List::stream).toList()),
        errors / classified,
        over / count,
        lost / count,
        parameters);
  }
}
