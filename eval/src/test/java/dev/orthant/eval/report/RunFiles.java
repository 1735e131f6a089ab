package dev.orthant.eval.report;

import dev.orthant.core.config.EvaluationSpec.Comparison;
import dev.orthant.core.train.LearningCurve;
import dev.orthant.core.train.LearningCurve.Point;
import dev.orthant.eval.interference.Interference;
import dev.orthant.eval.interference.InterferenceFigures;
import dev.orthant.eval.interference.MergeDisturbance;
import dev.orthant.eval.interference.ModuleInterference;
import dev.orthant.eval.interference.PrincipalAngles;
import dev.orthant.eval.metrics.Difference;
import dev.orthant.eval.metrics.Metric;
import dev.orthant.eval.metrics.Score;
import dev.orthant.eval.results.Forecast;
import dev.orthant.eval.results.InterferenceResult;
import dev.orthant.eval.results.MergeResult;
import dev.orthant.eval.results.MergedTask;
import dev.orthant.eval.results.ResultFiles;
import dev.orthant.eval.results.SingleResult;
import dev.orthant.eval.results.StudyResults;
import dev.orthant.eval.results.SuiteFigures;
import dev.orthant.eval.results.SuiteResults;
import dev.orthant.eval.results.SuiteResults.Candidate;
import dev.orthant.eval.results.SuiteResults.ControlRun;
import dev.orthant.eval.results.SuiteResults.Course;
import dev.orthant.eval.results.SuiteResults.ExpertRun;
import dev.orthant.eval.results.SuiteResults.MergeRun;
import dev.orthant.eval.results.Timings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Output folders of runs that never were, with numbers made up by a rule. */
final class RunFiles {

  static final List<String> TASKS = List.of("acceptability", "minimal-pairs", "semantic-field");
  static final List<String> ADAPTERS = List.of("lora", "lora-osrm");
  static final List<String> MERGERS = List.of("average", "task-arithmetic", "ties");
  static final String HOSTILE = "# </script><script>throw new Error('ran')</script> <b>&amp;</b>";

  private static final List<String> LAMBDAS = List.of("0.3", "0.5", "1.0");
  private static final int ROWS = 100;

  private RunFiles() {}

  /** A study with all of its files. */
  static Path study(Path folder) throws IOException {
    List<SingleResult> singles = new ArrayList<>();
    List<MergeResult> merges = new ArrayList<>();
    List<InterferenceResult> interferences = new ArrayList<>();
    List<InterferenceFigures> figures = new ArrayList<>();
    for (int a = 0; a < ADAPTERS.size(); a++) {
      String adapter = ADAPTERS.get(a);
      for (int t = 0; t < TASKS.size(); t++) {
        singles.add(single(adapter, TASKS.get(t), 0.7 + 0.1 * t));
        write(folder, "adapters/" + TASKS.get(t) + "-" + adapter, adapter(adapter, t));
        write(folder.resolve("training/" + TASKS.get(t) + "-" + adapter + "/metrics.jsonl"), log());
      }
      for (int m = 0; m < MERGERS.size(); m++) {
        merges.add(merge(adapter, MERGERS.get(m), 0.9 + 0.02 * a + 0.01 * m));
        write(folder.resolve("merged/" + MERGERS.get(m) + "/" + adapter + "/merge.json"), merge());
      }
      interferences.add(new InterferenceResult(adapter, interference(a)));
      figures.add(figures(adapter, a));
    }
    StudyResults results = new StudyResults("made-up", 42, singles, merges, interferences);
    ResultFiles.write(folder.resolve("results.json"), results);
    ResultFiles.writeInterference(folder.resolve("interference.json"), figures);
    ResultFiles.writeForecasts(folder.resolve("forecast.json"), forecasts());
    ResultFiles.write(folder.resolve("timings.json"), timings());
    write(folder.resolve("study.yaml"), HOSTILE + "\nbase: {model: made-up}\n");
    return folder;
  }

  /** A suite of so many seeds, adapters, tasks and mergers. */
  static Path suite(Path folder, int seeds, int adapters, int tasks, int mergers)
      throws IOException {
    List<String> names = names("adapter", adapters);
    List<ExpertRun> experts = new ArrayList<>();
    List<MergeRun> merges = new ArrayList<>();
    for (int seed = 1; seed <= seeds; seed++) {
      for (int a = 0; a < adapters; a++) {
        experts.add(expert(folder, names.get(a), a, seed, tasks));
        for (String merger : names("merger", mergers)) {
          merges.add(mergeRun(names.get(a), merger, a, seed, tasks));
        }
      }
    }
    SuiteResults results =
        new SuiteResults(
            "made-up",
            42,
            IntStream.rangeClosed(1, seeds).mapToObj(Long::valueOf).toList(),
            names("task", tasks).stream()
                .map(name -> new SuiteResults.Task(name, 1000, 100, score(50), score(60)))
                .toList(),
            names,
            names("merger", mergers).stream()
                .map(name -> new SuiteResults.Merger(name, true))
                .toList(),
            experts,
            merges,
            List.of(new Comparison(names.get(1), names.get(0))),
            List.of(
                new ControlRun(
                    "ensemble", names.get(0), 1, Collections.nCopies(tasks, score(70)))));
    ResultFiles.write(folder.resolve("results.json"), new SuiteFigures(results));
    ResultFiles.write(folder.resolve("timings.json"), timings());
    return folder;
  }

  private static List<String> names(String kind, int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> kind + "-" + i).toList();
  }

  private static SingleResult single(String adapter, String task, double score) {
    Difference over = new Difference(score - 0.5, 0.02);
    return new SingleResult(
        adapter, task, "accuracy", ROWS, score, 0.02, 0.5, 0.6, over, new Difference(0.1, 0.02));
  }

  private static MergeResult merge(String adapter, String merger, double share) {
    List<MergedTask> tasks = new ArrayList<>();
    for (int t = 0; t < TASKS.size(); t++) {
      double single = 0.7 + 0.1 * t;
      Difference lost = new Difference((share - 1) * single, 0.02);
      tasks.add(new MergedTask(TASKS.get(t), "accuracy", share * single, 0.02, single, lost));
    }
    return MergeResult.of(adapter, merger, Map.of("lambda", "0.5"), tasks);
  }

  private static Interference interference(int adapter) {
    return new Interference(TASKS, effects(0.9 - 0.3 * adapter));
  }

  private static List<List<Double>> effects(double others) {
    return List.of(
        List.of(1.0, others, others), List.of(others, 1.0, others), List.of(others, others, 1.0));
  }

  private static InterferenceFigures figures(String adapter, int number) {
    List<ModuleInterference> modules = new ArrayList<>();
    for (int layer = 0; layer < 3; layer++) {
      double others = 0.9 - 0.3 * number - 0.05 * layer;
      List<PrincipalAngles> angles =
          List.of(
              new PrincipalAngles(TASKS.get(0), TASKS.get(1), List.of(20.0 + layer, 70.0)),
              new PrincipalAngles(TASKS.get(0), TASKS.get(2), List.of(30.0 + layer, 80.0)),
              new PrincipalAngles(TASKS.get(1), TASKS.get(2), List.of(40.0 + layer, 90.0)));
      modules.add(
          new ModuleInterference(
              "encoder.layer." + layer + ".query",
              List.of(10.0, 10.0, 10.0),
              effects(others),
              effects(others),
              effects(others),
              angles));
    }
    return new InterferenceFigures(
        adapter,
        TASKS,
        modules,
        MERGERS.stream()
            .map(m -> new MergeDisturbance(m, List.of(0.5, 0.6, 0.7), List.of(0.1, 0.1, 0.1)))
            .toList());
  }

  private static ExpertRun expert(Path folder, String adapter, int number, int seed, int tasks)
      throws IOException {
    List<Score> single = new ArrayList<>();
    List<Score> headsOnly = new ArrayList<>();
    List<Course> courses = new ArrayList<>();
    for (int t = 0; t < tasks; t++) {
      single.add(score(80 - t + number + seed));
      headsOnly.add(score(55));
      String name = "task-%d-%s-%d-0123456789abcdef".formatted(t + 1, adapter, seed);
      write(folder, "experts/" + name, adapter(adapter, t));
      courses.add(new Course(name, 400, curve(seed)));
    }
    return new ExpertRun(
        adapter,
        seed,
        single,
        headsOnly,
        1,
        0.8,
        0.7,
        73_728,
        courses,
        matrix(tasks, 1, 0.7),
        matrix(tasks, 0, 60));
  }

  private static List<List<Double>> matrix(int tasks, double own, double others) {
    return IntStream.range(0, tasks)
        .mapToObj(
            i -> IntStream.range(0, tasks).mapToObj(j -> i == j ? own : others + i + j).toList())
        .toList();
  }

  private static LearningCurve curve(int seed) {
    List<Point> losses = new ArrayList<>();
    for (int step = 10; step <= 400; step += 10) {
      losses.add(new Point(step, step / 200.0, 0.2 + (50.0 + seed) / (50 + step)));
    }
    return new LearningCurve(
        losses, List.of(new Point(200, 1, 0.6 + 0.01 * seed), new Point(400, 2, 0.8)));
  }

  private static MergeRun mergeRun(String adapter, String merger, int number, int seed, int tasks) {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < LAMBDAS.size(); i++) {
      List<Score> scores = new ArrayList<>();
      for (int t = 0; t < tasks; t++) {
        scores.add(score(70 - t + number + seed + 2 * i));
      }
      candidates.add(new Candidate("lambda=" + LAMBDAS.get(i), 0.7, scores));
    }
    return new MergeRun(adapter, merger, seed, candidates, 1, 147_456);
  }

  /** Of a hundred rows of class 1, the first ones right. */
  private static Score score(int right) {
    double[] predicted = new double[ROWS];
    double[] actual = new double[ROWS];
    for (int i = 0; i < ROWS; i++) {
      predicted[i] = i < right ? 1 : 0;
      actual[i] = 1;
    }
    double[] confidences = IntStream.range(0, ROWS).mapToDouble(i -> 0.5 + i / 200.0).toArray();
    return new Score(Metric.ACCURACY, right / (double) ROWS, predicted, actual, 2, confidences);
  }

  /** In the order of what came true but for the first two. */
  private static List<Forecast> forecasts() {
    List<Forecast> forecasts = new ArrayList<>();
    List<Double> expected = List.of(0.6, 0.5, 0.7, 0.8, 0.9, 0.95);
    for (int i = 0; i < expected.size(); i++) {
      String adapter = ADAPTERS.get(i / MERGERS.size());
      String merger = MERGERS.get(i % MERGERS.size());
      List<Double> ofTasks = List.of(expected.get(i), expected.get(i), expected.get(i));
      forecasts.add(new Forecast(adapter, merger, 42, "", List.of(1.0, 1.0, 1.0), ofTasks));
    }
    return forecasts;
  }

  private static Timings timings() {
    return new Timings(
        List.of(
            new Timings.Step("train acceptability-lora", 42.5, 1L << 30),
            new Timings.Step("merge lora ties", 0.25, 3L << 29),
            new Timings.Step("all", 60, 3L << 29)));
  }

  private static String adapter(String adapter, int task) {
    return """
        {"task": "x", "provenance": {"adapter": {"type": "%s", "settings": {"rank": 8}},
        "task": {"name": "task", "rows": "%d"}, "other_tasks": {}, "training": {"epochs": 2}, "seed": 42}}
        """
        .formatted(adapter, task);
  }

  private static String merge() {
    return """
        {"merger": "made-up", "inputs": {}, "settings": {"lambda": 0.5},
        "mean_validation_scores": {"{\\"lambda\\":0.3}": 0.7, "{\\"lambda\\":0.5}": 0.72, "{\\"lambda\\":1.0}": 0.65}}
        """;
  }

  private static String log() {
    StringBuilder lines = new StringBuilder();
    for (int step = 10; step <= 50; step += 10) {
      lines.append("{\"step\":%d,\"epoch\":0.5,\"loss\":%s}\n".formatted(step, 7.0 / step));
    }
    return lines + "{\"step\":50,\"epoch\":1.0,\"eval_accuracy\":0.75}\n";
  }

  private static void write(Path folder, String adapter, String description) throws IOException {
    write(folder.resolve(adapter).resolve("orthant.json"), description);
    write(folder.resolve(adapter).resolve("adapter_model.safetensors"), "x".repeat(2048));
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
