package dev.orthant.eval.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.orthant.core.train.LearningCurve;
import dev.orthant.core.train.LearningCurve.Point;
import dev.orthant.eval.metrics.Interval;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What a suite of several seeds found. */
final class SuiteSections {

  private static final String MERGED_NOTE =
      "Mean test score over tasks and seeds, settings chosen on validation rows. Retention is the "
          + "merged mean divided by a single-task mean.";
  private static final String ADAPTERS_NOTE =
      "Each adapter on its own tasks. \"heads only\" is each head on the untouched base. Leakage is "
          + "the norm of A x on other tasks' features relative to the task's own, interference the "
          + "same of the trained delta.";
  private static final String CONTROLS_NOTE =
      "\"multi-task\" is one unconstrained adapter trained on the rows of all tasks, with a head for "
          + "each; \"random\" is each head on a random delta of the trained one's rank and norm; "
          + "\"ensemble\" is each head on every expert's encoder in turn, probabilities averaged.";
  private static final String CURVES_NOTE =
      "Mean test score of every setting that was tried, with 95 % intervals over seeds. Settings "
          + "are chosen on validation rows, not by these.";
  private static final String COMPARED_NOTE =
      "Difference in points with its 95 % interval, paired over seeds and tasks; p of Student's "
          + "paired test over the same, corrected by Holm's method within a measure; p over tasks "
          + "of the test over the tasks' means, uncorrected.";
  private static final String QUALITY_NOTE =
      "Calibration error: the expected difference between how sure a model is of the class it "
          + "predicts and how often it is right, in ten bins; the lines join the bins of all tasks "
          + "and seeds. Over base: the score above that of the same head on the untouched base; "
          + "forgetting: what of the base's score is lost, a task that gained counting as 0. Size: "
          + "of the adapter in single precision, without heads.";
  private static final String ANGLES_NOTE =
      "Mean over modules and seeds of the principal angles between the row spaces of two tasks' A: "
          + "0° is the same space, 90° nothing in common.";
  private static final String SINGLE = "single task";

  private final JsonNode root;
  private final List<String> tasks;
  private final List<String> adapters;
  private final List<String> mergers;

  /**
   * @param root the tree of {@code results.json}
   */
  SuiteSections(JsonNode root) {
    this.root = root;
    this.tasks = names("tasks", "name");
    this.adapters = names("adapters", "name");
    this.mergers = names("merges", "merger");
  }

  List<Fact> facts() {
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("base model", root.path("base").asText()));
    facts.add(new Fact("tasks", String.join(", ", tasks)));
    List<String> seeds = new ArrayList<>();
    root.path("seeds").forEach(seed -> seeds.add(seed.asText()));
    facts.add(
        new Fact(
            "seeds", "%s; rows drawn with %s".formatted(String.join(", ", seeds), seed("seed"))));
    JsonNode best = null;
    for (JsonNode merge : root.path("merges")) {
      if (best == null || overSeeds(merge.path("mean")).mean() > mean(best)) {
        best = merge;
      }
    }
    if (best != null) {
      facts.add(
          new Fact(
              "best merge",
              "%s by %s: %s, keeps %s of its own single tasks"
                  .formatted(
                      best.path("adapter").asText(),
                      best.path("merger").asText(),
                      Fact.percent(mean(best)),
                      Fact.percent(number(best, "own_retention")))));
    }
    return facts;
  }

  List<Run> runs() {
    List<Run> runs = new ArrayList<>();
    for (JsonNode run : root.path("expert_runs")) {
      for (int task = 0; task < run.path("courses").size(); task++) {
        String folder = run.path("courses").path(task).path("folder").asText();
        runs.add(
            new Run(
                run.path("adapter").asText(),
                tasks.get(task),
                run.path("seed").asLong(),
                "experts/" + folder));
      }
    }
    return runs;
  }

  List<Training> trainings() {
    List<Training> trainings = new ArrayList<>();
    for (JsonNode run : root.path("expert_runs")) {
      for (int task = 0; task < run.path("courses").size(); task++) {
        JsonNode course = run.path("courses").path(task);
        trainings.add(
            new Training(
                run.path("adapter").asText(),
                tasks.get(task),
                root.path("tasks").path(task).path("metric").asText(),
                new LearningCurve(
                    points(course.path("training_loss")), points(course.path("validation")))));
      }
    }
    return trainings;
  }

  List<Section> merged() {
    if (mergers.isEmpty()) {
      return List.of();
    }
    Choice intervals = new Choice("intervals");
    intervals.option("over seeds", bars("Mean score, 95 % intervals over seeds", true));
    intervals.option("over test rows", bars("Mean score, 95 % intervals over test rows", false));
    Table table =
        new Table("Merged adapters")
            .column("adapter", Format.TEXT)
            .column("merger", Format.TEXT)
            .column("settings (seeds)", Format.TEXT)
            .column("task id", Format.TEXT)
            .column("mean over seeds, %", Format.PERCENT)
            .column("over rows, %", Format.PERCENT)
            .column("of its own single task, %", Format.PERCENT)
            .column("of " + adapters.get(0) + "'s, %", Format.PERCENT)
            .column("worst task", Format.TEXT)
            .column("its retention, %", Format.PERCENT);
    for (JsonNode m : root.path("merges")) {
      table
          .row()
          .cell(m.path("adapter").asText())
          .cell(m.path("merger").asText())
          .cell(settings(m.path("settings")))
          .cell(m.path("task_id").asText())
          .cell(overSeeds(m.path("mean")))
          .cell(overRows(m.path("mean")))
          .cell(number(m, "own_retention"))
          .cell(number(m, "reference_retention"))
          .cell(m.path("worst_task").asText())
          .cell(number(m, "worst_retention"));
    }
    return List.of(
        new Section("Merged adapters", MERGED_NOTE, List.of(intervals, table, taskMaps())));
  }

  Section adapters() {
    Table table =
        new Table("Adapters on their own tasks")
            .column("adapter", Format.TEXT)
            .column("parameters", Format.COUNT)
            .column("single task, %", Format.PERCENT)
            .column("over rows, %", Format.PERCENT)
            .column("heads only, %", Format.PERCENT)
            .column("leakage before", Format.RATIO)
            .column("leakage after", Format.RATIO)
            .column("interference", Format.RATIO);
    for (JsonNode a : root.path("adapters")) {
      table
          .row()
          .cell(a.path("name").asText())
          .cell(number(a, "parameters"))
          .cell(overSeeds(a.path("single")))
          .cell(overRows(a.path("single")))
          .cell(number(a.path("heads_only"), "mean"))
          .cell(interval(a.path("leakage_before")))
          .cell(interval(a.path("leakage_after")))
          .cell(interval(a.path("interference")));
    }
    return new Section("Adapters on their own tasks", ADAPTERS_NOTE, List.of(table, taskTable()));
  }

  List<Section> controls() {
    if (root.path("controls").isEmpty()) {
      return List.of();
    }
    Table table =
        new Table("Controls")
            .column("control", Format.TEXT)
            .column("adapter", Format.TEXT)
            .column("mean over seeds, %", Format.PERCENT)
            .column("over rows, %", Format.PERCENT)
            .column("of its own single task, %", Format.PERCENT);
    tasks.forEach(task -> table.column(task + ", %", Format.PERCENT));
    for (JsonNode c : root.path("controls")) {
      table
          .row()
          .cell(c.path("control").asText())
          .cell(c.path("adapter").asText())
          .cell(overSeeds(c.path("mean")))
          .cell(overRows(c.path("mean")))
          .cell(number(c, "own_retention"));
      c.path("by_task").forEach(value -> table.cell(value.asDouble(Double.NaN)));
    }
    return List.of(new Section("Controls", CONTROLS_NOTE, List.of(table)));
  }

  List<Section> curves() {
    Choice choice = new Choice("merger");
    for (String merger : mergers) {
      SettingsCurve curve = new SettingsCurve("Every setting of " + merger + ", on test rows");
      for (JsonNode m : root.path("merges")) {
        if (m.path("merger").asText().equals(merger)) {
          m.path("curve")
              .properties()
              .forEach(
                  e -> curve.add(m.path("adapter").asText(), e.getKey(), overSeeds(e.getValue())));
        }
      }
      if (!curve.isEmpty()) {
        choice.option(merger, curve.lines());
      }
    }
    return choice.isEmpty()
        ? List.of()
        : List.of(new Section("Settings of mergers", CURVES_NOTE, List.of(choice)));
  }

  List<Section> quality() {
    Table table =
        new Table("Calibration, forgetting and size")
            .column("adapter", Format.TEXT)
            .column("measure", Format.TEXT)
            .column("calibration error, %", Format.PERCENT)
            .column("over base, points", Format.POINTS)
            .column("forgetting, points", Format.PERCENT)
            .column("size, fp32", Format.BYTES);
    Choice diagrams = new Choice("reliability of");
    for (String measure : names("quality", "measure")) {
      Lines lines = new Lines("Reliability, " + measure, "confidence, %", "right", Format.PERCENT);
      for (JsonNode q : root.path("quality")) {
        if (q.path("measure").asText().equals(measure)) {
          for (JsonNode bin : q.path("calibration")) {
            if (bin.path("rows").asInt() > 0) {
              lines.point(
                  q.path("adapter").asText(),
                  100 * number(bin, "confidence"),
                  number(bin, "accuracy"));
            }
          }
        }
      }
      if (!lines.isEmpty()) {
        diagrams.option(measure, lines.point("perfect", 0, 0).point("perfect", 100, 1));
      }
    }
    for (JsonNode q : root.path("quality")) {
      table
          .row()
          .cell(q.path("adapter").asText())
          .cell(q.path("measure").asText())
          .cell(number(q, "calibration_error"))
          .cell(number(q, "over_base"))
          .cell(number(q, "forgetting"))
          .cell(Float.BYTES * number(q, "parameters"));
    }
    if (table.isEmpty()) {
      return List.of();
    }
    List<Block> blocks = new ArrayList<>(List.of(table));
    if (!diagrams.isEmpty()) {
      blocks.add(diagrams);
    }
    return List.of(new Section("Calibration and forgetting", QUALITY_NOTE, blocks));
  }

  /** The mean over tasks of merged score over single-task score with one seed. */
  double retention(String adapter, String merger, long seed) {
    JsonNode single = ofSeed("expert_runs", adapter, "", seed).path("single");
    JsonNode run = ofSeed("merge_runs", adapter, merger, seed);
    JsonNode merged = run.path("candidates").path(run.path("chosen").asInt()).path("test");
    double sum = 0;
    for (int task = 0; task < tasks.size(); task++) {
      double own = single.path(task).asDouble(Double.NaN);
      sum += own > 0 ? merged.path(task).asDouble(Double.NaN) / own : Double.NaN;
    }
    return sum / tasks.size();
  }

  private JsonNode ofSeed(String runs, String adapter, String merger, long seed) {
    for (JsonNode run : root.path(runs)) {
      if (run.path("adapter").asText().equals(adapter)
          && run.path("merger").asText().equals(merger)
          && run.path("seed").asLong() == seed) {
        return run;
      }
    }
    return MissingNode.getInstance();
  }

  /** What adapters do to other tasks' features, and how close their row spaces are. */
  List<Section> interference() {
    Choice effects = new Choice("adapter");
    Choice angles = new Choice("adapter");
    for (String adapter : adapters) {
      List<List<Double>> effect = mean(adapter, "effects");
      List<List<Double>> angle = mean(adapter, "angles");
      if (!effect.isEmpty()) {
        effects.option(
            adapter,
            map(
                "Effect of a row's adapter on a column's features, " + adapter,
                effect,
                "features of",
                Format.RATIO));
      }
      if (!angle.isEmpty()) {
        angles.option(
            adapter,
            map(
                "Mean principal angle between two tasks' A, " + adapter,
                angle,
                "and of",
                Format.DEGREES));
      }
    }
    List<Section> sections = new ArrayList<>();
    if (!effects.isEmpty()) {
      sections.add(new Section("Interference", InterferenceSection.NOTE, List.of(effects)));
    }
    if (!angles.isEmpty()) {
      sections.add(new Section("Principal angles", ANGLES_NOTE, List.of(angles)));
    }
    return sections;
  }

  private HeatMap map(String title, List<List<Double>> values, String column, Format format) {
    return new HeatMap(title, "adapter of", tasks, column, tasks, values, format);
  }

  /** Of all seeds; empty if it is not known of each. */
  private List<List<Double>> mean(String adapter, String matrix) {
    int n = tasks.size();
    double[][] sums = new double[n][n];
    int seeds = 0;
    for (JsonNode run : root.path("expert_runs")) {
      if (run.path("adapter").asText().equals(adapter)) {
        if (run.path(matrix).isEmpty()) {
          return List.of();
        }
        seeds++;
        for (int i = 0; i < n; i++) {
          for (int j = 0; j < n; j++) {
            sums[i][j] += run.path(matrix).path(i).path(j).asDouble(Double.NaN);
          }
        }
      }
    }
    List<List<Double>> means = new ArrayList<>();
    for (double[] row : sums) {
      List<Double> values = new ArrayList<>();
      for (double sum : row) {
        values.add(sum / seeds);
      }
      means.add(values);
    }
    return means;
  }

  List<Section> comparisons() {
    List<Block> blocks = new ArrayList<>();
    compared("Each adapter against " + adapters.get(0), root.path("against_reference"), blocks);
    compared("Further comparisons", root.path("comparisons"), blocks);
    return blocks.isEmpty()
        ? List.of()
        : List.of(new Section("Comparisons", COMPARED_NOTE, blocks));
  }

  private void compared(String title, JsonNode comparisons, List<Block> blocks) {
    if (comparisons.isEmpty()) {
      return;
    }
    Choice measures = new Choice("measure");
    Set<String> names = new LinkedHashSet<>();
    comparisons.forEach(c -> names.add(c.path("measure").asText()));
    Table table =
        new Table(title)
            .column("measure", Format.TEXT)
            .column("adapter", Format.TEXT)
            .column("against", Format.TEXT)
            .column("difference, points", Format.POINTS)
            .column("± over rows", Format.PERCENT)
            .column("p (Holm)", Format.PROBABILITY)
            .column("p over tasks", Format.PROBABILITY);
    for (JsonNode c : comparisons) {
      table
          .row()
          .cell(c.path("measure").asText())
          .cell(c.path("adapter").asText())
          .cell(c.path("against").asText())
          .cell(interval(c.path("difference")))
          .cell(number(c, "rows_half_width"))
          .cell(number(c, "p_holm"))
          .cell(number(c, "p_over_tasks"));
    }
    for (String measure : names) {
      List<String> pairs = new ArrayList<>();
      List<Interval> differences = new ArrayList<>();
      for (JsonNode c : comparisons) {
        if (c.path("measure").asText().equals(measure)) {
          pairs.add(c.path("adapter").asText() + " against " + c.path("against").asText());
          differences.add(interval(c.path("difference")));
        }
      }
      measures.option(
          measure,
          new Bars("Difference in points, " + measure, "adapters", pairs, Format.POINTS)
              .series("difference", differences));
    }
    blocks.add(measures);
    blocks.add(table);
  }

  private Bars bars(String title, boolean seeds) {
    Bars bars = new Bars(title, "adapter", adapters, Format.PERCENT);
    List<Interval> single = new ArrayList<>();
    for (JsonNode a : root.path("adapters")) {
      single.add(seeds ? overSeeds(a.path("single")) : overRows(a.path("single")));
    }
    bars.series(SINGLE, single);
    for (String merger : mergers) {
      List<Interval> values = new ArrayList<>();
      for (JsonNode m : root.path("merges")) {
        if (m.path("merger").asText().equals(merger)) {
          values.add(seeds ? overSeeds(m.path("mean")) : overRows(m.path("mean")));
        }
      }
      bars.series(merger, values);
    }
    return bars;
  }

  /** Every adapter on every task, means over seeds, for every measure. */
  private Choice taskMaps() {
    Choice choice = new Choice("scores by task of");
    choice.option(SINGLE, taskMap(SINGLE));
    mergers.forEach(merger -> choice.option(merger, taskMap(merger)));
    return choice;
  }

  private HeatMap taskMap(String measure) {
    List<List<Double>> values = new ArrayList<>();
    for (String adapter : adapters) {
      double[] sums = new double[tasks.size()];
      int seeds = 0;
      for (JsonNode scores : scores(adapter, measure)) {
        for (int task = 0; task < sums.length; task++) {
          sums[task] += scores.path(task).asDouble(Double.NaN);
        }
        seeds++;
      }
      List<Double> row = new ArrayList<>();
      for (double sum : sums) {
        row.add(sum / seeds);
      }
      values.add(row);
    }
    return new HeatMap(
        "Test scores by task, " + measure + ", in percent",
        "adapter",
        adapters,
        "task",
        tasks,
        values,
        Format.PERCENT);
  }

  private List<JsonNode> scores(String adapter, String measure) {
    List<JsonNode> all = new ArrayList<>();
    boolean single = measure.equals(SINGLE);
    for (JsonNode run : root.path(single ? "expert_runs" : "merge_runs")) {
      if (!run.path("adapter").asText().equals(adapter)) {
        continue;
      }
      if (single) {
        all.add(run.path("single"));
      } else if (run.path("merger").asText().equals(measure)) {
        all.add(run.path("candidates").path(run.path("chosen").asInt()).path("test"));
      }
    }
    return all;
  }

  private Table taskTable() {
    Table table =
        new Table("Tasks")
            .column("task", Format.TEXT)
            .column("metric", Format.TEXT)
            .column("training rows", Format.COUNT)
            .column("validation rows", Format.COUNT)
            .column("test rows", Format.COUNT)
            .column("majority, %", Format.PERCENT)
            .column("linear probe, %", Format.PERCENT);
    for (JsonNode task : root.path("tasks")) {
      table
          .row()
          .cell(task.path("name").asText())
          .cell(task.path("metric").asText())
          .cell(number(task, "train_rows"))
          .cell(number(task, "validation_rows"))
          .cell(number(task, "test_rows"))
          .cell(number(task, "majority"))
          .cell(number(task, "probe"));
    }
    return table;
  }

  private List<String> names(String list, String key) {
    Set<String> names = new LinkedHashSet<>();
    root.path(list).forEach(node -> names.add(node.path(key).asText()));
    return List.copyOf(names);
  }

  private String seed(String key) {
    return root.path(key).asText();
  }

  private static String settings(JsonNode chosen) {
    return chosen.properties().stream()
        .filter(e -> !e.getKey().isEmpty())
        .map(e -> "%s (%d)".formatted(e.getKey(), e.getValue().asInt()))
        .collect(Collectors.joining(", "));
  }

  private static List<Point> points(JsonNode records) {
    List<Point> points = new ArrayList<>();
    records.forEach(
        r -> points.add(new Point(r.path("step").asInt(), Double.NaN, number(r, "value"))));
    return points;
  }

  private static double mean(JsonNode merge) {
    return overSeeds(merge.path("mean")).mean();
  }

  private static Interval overSeeds(JsonNode mean) {
    return new Interval(number(mean, "mean"), number(mean, "seeds_half_width"));
  }

  private static Interval overRows(JsonNode mean) {
    return new Interval(number(mean, "mean"), number(mean, "rows_half_width"));
  }

  private static Interval interval(JsonNode node) {
    return new Interval(number(node, "mean"), number(node, "half_width"));
  }

  private static double number(JsonNode node, String key) {
    return node.path(key).asDouble(Double.NaN);
  }
}
