package dev.orthant.eval.results;

import dev.orthant.core.config.EvaluationSpec.Comparison;
import dev.orthant.eval.metrics.Interval;
import dev.orthant.eval.metrics.PairedTest;
import dev.orthant.eval.metrics.RowErrors;
import dev.orthant.eval.metrics.Score;
import dev.orthant.eval.results.SuiteResults.Candidate;
import dev.orthant.eval.results.SuiteResults.ExpertRun;
import dev.orthant.eval.results.SuiteResults.MergeRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Means, intervals and tests over a suite's runs. Means are over tasks and seeds; retention is the
 * merged mean divided by a single-task mean.
 *
 * <p>Intervals are 95 %: over seeds Student's interval of the seeds' means, for how far another
 * seed would be from these; over rows the normal approximation, for how far other test rows would
 * be. Tests are paired over seeds and tasks together, and, more careful because the seeds share
 * their test rows, over the tasks' means alone; p-values of the former are corrected by Holm's
 * method within a measure.
 */
public final class SuiteFigures {

  /** The measure of adapters on their own tasks; other measures are the mergers' names. */
  public static final String SINGLE = "single task";

  private final SuiteResults results;
  private final String reference;

  /** Figures of these results. */
  public SuiteFigures(SuiteResults results) {
    this.results = results;
    this.reference = results.adapters().get(0);
  }

  /**
   * A mean score.
   *
   * @param seeds the mean with its interval over seeds
   * @param rows the mean with its interval over test rows
   */
  public record Mean(Interval seeds, Interval rows) {

    /** The mean over tasks and seeds. */
    public double value() {
      return seeds.mean();
    }
  }

  /**
   * One kind of adapter.
   *
   * @param name its name
   * @param parameters number of trained parameters without the head
   * @param single on its own tasks
   * @param headsOnly its heads on the untouched base
   * @param leakageBefore see {@link ExpertRun}
   * @param leakageAfter see {@link ExpertRun}
   * @param interference see {@link ExpertRun}
   */
  public record OfAdapter(
      String name,
      long parameters,
      Mean single,
      Mean headsOnly,
      Interval leakageBefore,
      Interval leakageAfter,
      Interval interference) {}

  /**
   * One kind of adapter merged in one way.
   *
   * @param adapter the adapter's name
   * @param merger the merger's name
   * @param taskKnown whether the task had to be known, see {@link SuiteResults.Merger}
   * @param settings chosen on validation rows, each with the number of seeds that chose it
   * @param mean over tasks and seeds
   * @param ownRetention of the mean of the same adapter on single tasks
   * @param referenceRetention of the mean of the reference on single tasks
   * @param worstTask the task that keeps the least of the same adapter's score
   * @param worstRetention what it keeps
   * @param curve every combination of settings with its mean on test rows, if there is a curve
   */
  public record OfMerge(
      String adapter,
      String merger,
      boolean taskKnown,
      Map<String, Integer> settings,
      Mean mean,
      double ownRetention,
      double referenceRetention,
      String worstTask,
      double worstRetention,
      Map<String, Mean> curve) {}

  /**
   * Two adapters compared.
   *
   * @param measure {@link #SINGLE} or a merger
   * @param adapter one
   * @param against the other
   * @param overSeedsAndTasks the difference with its test
   * @param overTasks the same over the tasks' means alone
   * @param rows the interval of the difference over test rows
   * @param holm the first test's p-value, corrected
   */
  public record Compared(
      String measure,
      String adapter,
      String against,
      PairedTest overSeedsAndTasks,
      PairedTest overTasks,
      Interval rows,
      double holm) {}

  /**
   * A control.
   *
   * @param control its word
   * @param adapter the adapter that it is of
   * @param mean over tasks and seeds
   * @param ownRetention of the mean of the adapter on single tasks
   * @param byTask means over seeds
   */
  public record OfControl(
      String control, String adapter, Mean mean, double ownRetention, List<Double> byTask) {}

  /** What the figures are of. */
  public SuiteResults results() {
    return results;
  }

  /** Every adapter. */
  public List<OfAdapter> adapters() {
    return results.adapters().stream().map(this::adapter).toList();
  }

  /** Every adapter with every merger. */
  public List<OfMerge> merges() {
    List<OfMerge> all = new ArrayList<>();
    for (String adapter : results.adapters()) {
      results.mergers().forEach(merger -> all.add(merge(adapter, merger)));
    }
    return all;
  }

  /** Every control with every adapter that it is of. */
  public List<OfControl> controls() {
    Map<List<String>, List<List<Score>>> bySeed = new LinkedHashMap<>();
    results
        .controls()
        .forEach(
            run ->
                bySeed
                    .computeIfAbsent(
                        List.of(run.control(), run.adapter()), unused -> new ArrayList<>())
                    .add(run.scores()));
    List<OfControl> all = new ArrayList<>();
    bySeed.forEach(
        (of, scores) -> {
          Mean mean = mean(scores);
          all.add(
              new OfControl(
                  of.get(0),
                  of.get(1),
                  mean,
                  mean.value() / single(of.get(1)),
                  Arrays.stream(byTask(scores)).boxed().toList()));
        });
    return all;
  }

  /** Every adapter against the first. */
  public List<Compared> againstReference() {
    return compared(
        results.adapters().stream()
            .filter(a -> !a.equals(reference))
            .map(a -> new Comparison(a, reference))
            .toList());
  }

  /** The further pairs that were asked for. */
  public List<Compared> comparisons() {
    return compared(results.comparisons());
  }

  private OfAdapter adapter(String name) {
    List<ExpertRun> runs = experts(name);
    return new OfAdapter(
        name,
        runs.get(0).parameters(),
        mean(runs.stream().map(ExpertRun::single).toList()),
        mean(runs.stream().map(ExpertRun::headsOnly).toList()),
        overSeeds(runs, ExpertRun::leakageBefore),
        overSeeds(runs, ExpertRun::leakageAfter),
        overSeeds(runs, ExpertRun::interference));
  }

  private OfMerge merge(String adapter, SuiteResults.Merger merger) {
    List<MergeRun> runs = merges(adapter, merger.name());
    Map<String, Integer> settings = new LinkedHashMap<>();
    runs.forEach(
        run -> settings.merge(run.candidates().get(run.chosen()).settings(), 1, Integer::sum));
    Mean mean = mean(runs.stream().map(MergeRun::scores).toList());
    double worst = Double.POSITIVE_INFINITY;
    String worstTask = "";
    double[] own = byTask(measured(adapter, SINGLE));
    double[] kept = byTask(measured(adapter, merger.name()));
    for (int task = 0; task < own.length; task++) {
      double retention = own[task] > 0 ? kept[task] / own[task] : Double.NaN;
      if (retention < worst) {
        worst = retention;
        worstTask = results.tasks().get(task).name();
      }
    }
    return new OfMerge(
        adapter,
        merger.name(),
        merger.taskKnown(),
        settings,
        mean,
        mean.value() / single(adapter),
        mean.value() / single(reference),
        worstTask,
        worst,
        merger.curve() ? curve(runs) : Map.of());
  }

  private static Map<String, Mean> curve(List<MergeRun> runs) {
    Map<String, Mean> curve = new LinkedHashMap<>();
    List<Candidate> first = runs.get(0).candidates();
    for (int i = 0; i < first.size(); i++) {
      int index = i;
      curve.put(
          first.get(i).settings(),
          mean(runs.stream().map(run -> run.candidates().get(index).test()).toList()));
    }
    return curve;
  }

  private List<Compared> compared(List<Comparison> pairs) {
    List<String> measures = new ArrayList<>(List.of(SINGLE));
    results.mergers().forEach(merger -> measures.add(merger.name()));
    List<Compared> all = new ArrayList<>();
    for (String measure : measures) {
      List<Compared> ofMeasure = pairs.stream().map(pair -> compared(measure, pair)).toList();
      double[] holm =
          PairedTest.holm(
              ofMeasure.stream().mapToDouble(c -> c.overSeedsAndTasks().pValue()).toArray());
      for (int i = 0; i < holm.length; i++) {
        Compared c = ofMeasure.get(i);
        all.add(
            new Compared(
                measure,
                c.adapter(),
                c.against(),
                c.overSeedsAndTasks(),
                c.overTasks(),
                c.rows(),
                holm[i]));
      }
    }
    return all;
  }

  private Compared compared(String measure, Comparison pair) {
    List<List<Score>> one = measured(pair.adapter(), measure);
    List<List<Score>> other = measured(pair.against(), measure);
    int tasks = results.tasks().size();
    double[] differences = new double[one.size() * tasks];
    double[] means = new double[tasks];
    for (int seed = 0; seed < one.size(); seed++) {
      for (int task = 0; task < tasks; task++) {
        double d = one.get(seed).get(task).value() - other.get(seed).get(task).value();
        differences[seed * tasks + task] = d;
        means[task] += d / one.size();
      }
    }
    PairedTest test = PairedTest.of(differences);
    return new Compared(
        measure,
        pair.adapter(),
        pair.against(),
        test,
        PairedTest.of(means),
        Interval.normal(test.difference().mean(), rowError(one, other)),
        Double.NaN);
  }

  /** Scores by seed, then task. */
  private List<List<Score>> measured(String adapter, String measure) {
    return measure.equals(SINGLE)
        ? experts(adapter).stream().map(ExpertRun::single).toList()
        : merges(adapter, measure).stream().map(MergeRun::scores).toList();
  }

  private static double[] byTask(List<List<Score>> bySeed) {
    double[] means = new double[bySeed.get(0).size()];
    for (List<Score> scores : bySeed) {
      for (int task = 0; task < means.length; task++) {
        means[task] += scores.get(task).value() / bySeed.size();
      }
    }
    return means;
  }

  private double single(String adapter) {
    return mean(measured(adapter, SINGLE)).value();
  }

  private static Mean mean(List<List<Score>> bySeed) {
    double[] seeds =
        bySeed.stream()
            .mapToDouble(s -> s.stream().mapToDouble(Score::value).sum() / s.size())
            .toArray();
    Interval overSeeds = Interval.student(seeds);
    return new Mean(overSeeds, Interval.normal(overSeeds.mean(), rowError(bySeed, List.of())));
  }

  /** The tasks' rows are drawn independently. */
  private static double rowError(List<List<Score>> bySeed, List<List<Score>> references) {
    int tasks = bySeed.get(0).size();
    double variance = 0;
    for (int i = 0; i < tasks; i++) {
      int task = i;
      Function<List<List<Score>>, List<Score>> ofTask =
          all -> all.stream().map(s -> s.get(task)).toList();
      double error = RowErrors.of(ofTask.apply(bySeed), ofTask.apply(references));
      variance += error * error;
    }
    return Math.sqrt(variance) / tasks;
  }

  private static Interval overSeeds(List<ExpertRun> runs, ToDoubleFunction<ExpertRun> figure) {
    return Interval.student(runs.stream().mapToDouble(figure).toArray());
  }

  private List<ExpertRun> experts(String adapter) {
    return results.experts().stream().filter(run -> run.adapter().equals(adapter)).toList();
  }

  private List<MergeRun> merges(String adapter, String merger) {
    return results.merges().stream()
        .filter(run -> run.adapter().equals(adapter) && run.merger().equals(merger))
        .toList();
  }
}
