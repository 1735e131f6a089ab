package dev.orthant.eval.report;

import dev.orthant.core.train.LearningCurve;
import dev.orthant.eval.interference.Interference;
import dev.orthant.eval.metrics.Interval;
import dev.orthant.eval.results.InterferenceResult;
import dev.orthant.eval.results.MergeResult;
import dev.orthant.eval.results.MergedTask;
import dev.orthant.eval.results.SingleResult;
import dev.orthant.eval.results.StudyResults;
import dev.orthant.eval.study.StudyLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** What a study of one seed found. */
final class StudySections {

  private static final String MERGED_NOTE =
      "Test scores of the merged adapter with each task's own head. Retention is the merged score "
          + "divided by that of the task's own adapter. Whiskers are 95 % intervals over test rows.";
  private static final String SINGLE_NOTE =
      "Each adapter on the task that it was trained on, beside the most frequent class and a "
          + "linear probe on the same features of the untouched base. Whiskers are 95 % intervals "
          + "over test rows; differences are paired over the same rows.";

  private static final String CURVES_NOTE =
      "Mean validation score of every setting that was tried; the best one was taken.";

  private final StudyResults results;
  private final List<String> tasks;
  private final List<String> adapters;
  private final List<String> mergers;

  StudySections(StudyResults results) {
    this.results = results;
    this.tasks = results.singles().stream().map(SingleResult::task).distinct().toList();
    this.adapters = results.singles().stream().map(SingleResult::adapter).distinct().toList();
    this.mergers = results.merges().stream().map(MergeResult::merger).distinct().toList();
  }

  List<Fact> facts() {
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("base model", results.base()));
    facts.add(new Fact("tasks", String.join(", ", tasks)));
    facts.add(new Fact("seed", Long.toString(results.seed())));
    results.merges().stream()
        .max(Comparator.comparingDouble(MergeResult::mean))
        .ifPresent(
            best ->
                facts.add(
                    new Fact(
                        "best merge",
                        "%s by %s: %s, keeps %s"
                            .formatted(
                                best.adapter(),
                                best.merger(),
                                Fact.percent(best.mean()),
                                Fact.percent(best.meanRetention())))));
    return facts;
  }

  List<Run> runs() {
    return results.singles().stream()
        .map(
            s ->
                new Run(
                    s.adapter(),
                    s.task(),
                    results.seed(),
                    "adapters/" + s.task() + "-" + s.adapter()))
        .toList();
  }

  List<Training> trainings(StudyLayout layout) {
    return results.singles().stream()
        .map(
            s ->
                new Training(
                    s.adapter(),
                    s.task(),
                    s.metric(),
                    LearningCurve.read(layout.training(s.task(), s.adapter()))))
        .toList();
  }

  /** Scores on validation rows of what was tried of a merger's settings. */
  List<Section> curves(RunFolder folder) {
    Choice choice = new Choice("merger");
    for (String merger : mergers) {
      SettingsCurve curve =
          new SettingsCurve("Every setting of " + merger + ", on validation rows");
      for (String adapter : adapters) {
        folder
            .json("merged/" + merger + "/" + adapter + "/merge.json")
            .map(tree -> tree.path("mean_validation_scores"))
            .ifPresent(
                tried ->
                    tried
                        .properties()
                        .forEach(
                            e ->
                                curve.add(
                                    adapter,
                                    words(e.getKey()),
                                    new Interval(e.getValue().asDouble(), Double.NaN))));
      }
      if (!curve.isEmpty()) {
        choice.option(merger, curve.lines());
      }
    }
    return choice.isEmpty()
        ? List.of()
        : List.of(new Section("Settings of mergers", CURVES_NOTE, List.of(choice)));
  }

  /** The folders of merged adapters, relative to the output folder. */
  List<String> mergedFolders() {
    return results.merges().stream().map(m -> "merged/" + m.merger() + "/" + m.adapter()).toList();
  }

  List<Section> merged() {
    if (mergers.isEmpty()) {
      return List.of();
    }
    Choice measures = new Choice("task");
    measures.option(
        "mean over tasks", bars("Mean score after merging", StudySections::mean, this::singleMean));
    for (String task : tasks) {
      measures.option(
          task,
          bars(
              "Score on " + task + " after merging",
              merge -> score(task(merge, task)),
              adapter -> score(single(adapter, task))));
    }
    return List.of(new Section("Merged adapters", MERGED_NOTE, List.of(measures, mergedTable())));
  }

  Section singles() {
    Bars bars = new Bars("Single-task scores", "task", tasks, Format.PERCENT);
    for (String adapter : adapters) {
      bars.series(adapter, tasks.stream().map(task -> score(single(adapter, task))).toList());
    }
    bars.series("majority class", baseline(SingleResult::majority));
    bars.series("linear probe", baseline(SingleResult::probe));
    Table table =
        new Table("Single-task adapters")
            .column("adapter", Format.TEXT)
            .column("task", Format.TEXT)
            .column("metric", Format.TEXT)
            .column("test rows", Format.COUNT)
            .column("score, %", Format.PERCENT)
            .column("majority, %", Format.PERCENT)
            .column("probe, %", Format.PERCENT)
            .column("over majority, points", Format.POINTS)
            .column("over probe, points", Format.POINTS);
    for (SingleResult s : results.singles()) {
      table
          .row()
          .cell(s.adapter())
          .cell(s.task())
          .cell(s.metric())
          .cell(s.rows())
          .cell(score(s))
          .cell(s.majority())
          .cell(s.probe())
          .cell(Interval.normal(s.overMajority().value(), s.overMajority().standardError()))
          .cell(Interval.normal(s.overProbe().value(), s.overProbe().standardError()));
    }
    return new Section("Adapters on their own tasks", SINGLE_NOTE, List.of(bars, table));
  }

  /** What the adapters do to other tasks' features; empty for a single task. */
  List<Block> interference() {
    Choice maps = new Choice("adapter");
    for (InterferenceResult result : results.interferences()) {
      Interference interference = result.interference();
      maps.option(
          result.adapter(),
          InterferenceSection.map(
              "Effect of a row's adapter on a column's features, " + result.adapter(),
              interference));
    }
    return maps.isEmpty() ? List.of() : List.of(maps);
  }

  /** Of a merge. */
  double retention(String adapter, String merger) {
    return results.merges().stream()
        .filter(m -> m.adapter().equals(adapter) && m.merger().equals(merger))
        .mapToDouble(MergeResult::meanRetention)
        .findFirst()
        .orElse(Double.NaN);
  }

  private Table mergedTable() {
    Table table =
        new Table("Merged adapters")
            .column("adapter", Format.TEXT)
            .column("merger", Format.TEXT)
            .column("settings", Format.TEXT)
            .column("task id", Format.TEXT);
    tasks.forEach(task -> table.column(task + ", %", Format.PERCENT));
    table
        .column("mean, %", Format.PERCENT)
        .column("retention, %", Format.PERCENT)
        .column("worst task", Format.TEXT)
        .column("its retention, %", Format.PERCENT);
    for (MergeResult m : results.merges()) {
      table.row().cell(m.adapter()).cell(m.merger()).cell(settings(m)).cell(m.taskId());
      tasks.forEach(task -> table.cell(score(task(m, task))));
      table
          .cell(mean(m))
          .cell(m.meanRetention())
          .cell(m.worst().task())
          .cell(m.worst().retention());
    }
    return table;
  }

  private interface OfMerge {
    Interval value(MergeResult merge);
  }

  private interface OfAdapter {
    Interval value(String adapter);
  }

  private Bars bars(String title, OfMerge merged, OfAdapter single) {
    Bars bars = new Bars(title, "adapter", adapters, Format.PERCENT);
    bars.series("own adapters", adapters.stream().map(single::value).toList());
    for (String merger : mergers) {
      bars.series(
          merger, adapters.stream().map(adapter -> merged.value(merge(adapter, merger))).toList());
    }
    return bars;
  }

  private List<Interval> baseline(ToDoubleFunction<SingleResult> value) {
    return tasks.stream()
        .map(task -> new Interval(value.applyAsDouble(single(adapters.get(0), task)), Double.NaN))
        .toList();
  }

  private Interval singleMean(String adapter) {
    List<Interval> scores = tasks.stream().map(task -> score(single(adapter, task))).toList();
    return mean(scores);
  }

  private static Interval mean(MergeResult merge) {
    return mean(merge.tasks().stream().map(StudySections::score).toList());
  }

  /** Of independent tasks. */
  private static Interval mean(List<Interval> scores) {
    double sum = 0;
    double squares = 0;
    for (Interval score : scores) {
      sum += score.mean();
      squares += score.halfWidth() * score.halfWidth();
    }
    return new Interval(sum / scores.size(), Math.sqrt(squares) / scores.size());
  }

  private static Interval score(SingleResult single) {
    return Interval.normal(single.score(), single.standardError());
  }

  private static Interval score(MergedTask task) {
    return Interval.normal(task.score(), task.standardError());
  }

  private SingleResult single(String adapter, String task) {
    return results.singles().stream()
        .filter(s -> s.adapter().equals(adapter) && s.task().equals(task))
        .findFirst()
        .orElseThrow(() -> missing("singles", adapter, task));
  }

  private MergeResult merge(String adapter, String merger) {
    return results.merges().stream()
        .filter(m -> m.adapter().equals(adapter) && m.merger().equals(merger))
        .findFirst()
        .orElseThrow(() -> missing("merges", adapter, merger));
  }

  private static MergedTask task(MergeResult merge, String task) {
    return merge.tasks().stream()
        .filter(t -> t.task().equals(task))
        .findFirst()
        .orElseThrow(() -> missing("merges", merge.adapter() + " by " + merge.merger(), task));
  }

  private static String settings(MergeResult merge) {
    return merge.settings().entrySet().stream()
        .map(e -> e.getKey() + "=" + e.getValue())
        .collect(Collectors.joining(" "));
  }

  /** Settings as they are in a merge's notes, a JSON object in a string. */
  private static String words(String settings) {
    return settings.replaceAll("[{}\"]", "").replace(':', '=').replace(',', ' ');
  }

  private static IllegalArgumentException missing(String list, String one, String other) {
    return new IllegalArgumentException("%s has no %s of %s".formatted(list, other, one));
  }
}
