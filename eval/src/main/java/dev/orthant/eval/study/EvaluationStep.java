package dev.orthant.eval.study;

import dev.orthant.core.config.AdapterSpec;
import dev.orthant.core.config.MergerSpec;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.nn.Head;
import dev.orthant.core.progress.Progress;
import dev.orthant.core.stats.FeatureStatistics;
import dev.orthant.eval.interference.Interference;
import dev.orthant.eval.metrics.Difference;
import dev.orthant.eval.metrics.RowErrors;
import dev.orthant.eval.metrics.Score;
import dev.orthant.eval.probe.LinearProbe;
import dev.orthant.eval.results.InterferenceResult;
import dev.orthant.eval.results.MergeResult;
import dev.orthant.eval.results.MergedTask;
import dev.orthant.eval.results.SingleResult;
import dev.orthant.eval.results.StudyResults;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Scores every adapter and every merge of a study on the tasks' test rows, each task with the head
 * of its own expert, beside a majority class and a linear probe on the same features of the
 * untouched encoder.
 */
public final class EvaluationStep {

  private final Study study;
  private final StepTimes times;

  /** A step of a study that is trained and merged. */
  public EvaluationStep(Study study, StepTimes times) {
    this.study = study;
    this.times = times;
  }

  /** Refuses a study that is not trained and merged whole, before anything is computed. */
  public void requireInputs() {
    MergingStep merging = new MergingStep(study, times);
    for (AdapterSpec adapter : study.run().adapters()) {
      study.experts(adapter);
      study.run().mergers().forEach(merger -> merging.requireDone(adapter, merger));
    }
  }

  /**
   * Scores everything there is.
   *
   * @param statistics of every task, for the interference figures
   * @throws IllegalArgumentException if something is not trained or not merged
   */
  public StudyResults run(List<TaskStatistics> statistics) {
    int tasks = study.tasks().size();
    int adapters = study.run().adapters().size();
    int total = tasks * (1 + adapters * (1 + study.run().mergers().size()));
    List<SingleResult> singles = new ArrayList<>();
    List<MergeResult> merges = new ArrayList<>();
    List<InterferenceResult> interferences = new ArrayList<>();
    try (Progress.Task progress = study.progress().start("evaluate", total, "scores")) {
      Map<String, Score> probes = probes();
      progress.step(tasks);
      for (AdapterSpec adapter : study.run().adapters()) {
        List<SavedAdapter> experts = study.experts(adapter);
        times.time(
            "evaluate " + adapter.name(),
            () -> {
              List<Score> single = study.scores().test(experts);
              for (int i = 0; i < tasks; i++) {
                StudyTask task = study.tasks().get(i);
                singles.add(single(adapter, task, single.get(i), probes.get(task.name())));
              }
              progress.step(tasks);
              for (MergerSpec merger : study.run().mergers()) {
                merges.add(merged(adapter, merger, experts, single));
                progress.step(tasks);
              }
            });
        if (tasks > 1) {
          interferences.add(interference(adapter, experts, statistics));
        }
      }
    }
    return new StudyResults(
        study.run().base().model(), study.run().seed(), singles, merges, interferences);
  }

  /** By task; task by task, side by side. */
  private Map<String, Score> probes() {
    Map<String, Score> probes = new ConcurrentHashMap<>();
    List<Runnable> jobs = new ArrayList<>();
    for (StudyTask task : study.tasks()) {
      jobs.add(
          () -> times.time("probe " + task.name(), () -> probes.put(task.name(), probe(task))));
    }
    new SideBySide(study.kernels().threads()).run(jobs);
    return probes;
  }

  /** A linear model on the untouched encoder's features, or the majority class without one. */
  Score probe(StudyTask task) {
    if (!study.run().evaluation().linearProbe() || task.isLanguage()) {
      return study.trivialScore(task);
    }
    Predictor predictor = study.predictor(study.kernels().onCallingThread());
    Head head = study.freshHead(task);
    LinearProbe probe =
        LinearProbe.select(
            task.data(),
            task.metric(),
            predictor.features(study.encoder(), head, task.train()),
            predictor.features(study.encoder(), head, task.validation()));
    return Score.ofOutputs(
        task.metric(),
        task.data(),
        task.data().test(),
        probe.outputs(predictor.features(study.encoder(), head, task.test())));
  }

  private SingleResult single(AdapterSpec adapter, StudyTask task, Score score, Score probe) {
    Score majority = study.trivialScore(task);
    return new SingleResult(
        adapter.name(),
        task.name(),
        task.metric().id(),
        task.test().size(),
        score.value(),
        RowErrors.of(List.of(score), List.of()),
        majority.value(),
        probe.value(),
        Difference.between(score, majority),
        Difference.between(score, probe));
  }

  private MergeResult merged(
      AdapterSpec adapter, MergerSpec merger, List<SavedAdapter> experts, List<Score> singles) {
    MergingStep merging = new MergingStep(study, times);
    dev.orthant.core.merge.MergeResult merge = merging.read(adapter, merger);
    List<Score> scores = study.scores().test(merge, experts);
    List<MergedTask> results = new ArrayList<>();
    for (int i = 0; i < experts.size(); i++) {
      StudyTask task = study.tasks().get(i);
      Score score = scores.get(i);
      Score single = singles.get(i);
      results.add(
          new MergedTask(
              task.name(),
              task.metric().id(),
              score.value(),
              RowErrors.of(List.of(score), List.of()),
              single.value(),
              Difference.between(score, single)));
    }
    Map<String, String> settings = merging.chosen(adapter, merger);
    return MergeResult.of(adapter.name(), merger.name(), settings, results)
        .withTaskKnown(!merge.masks().isEmpty());
  }

  private InterferenceResult interference(
      AdapterSpec adapter, List<SavedAdapter> experts, List<TaskStatistics> statistics) {
    Map<String, Map<String, Delta>> deltas = new LinkedHashMap<>();
    Map<String, Map<String, FeatureStatistics>> features = new LinkedHashMap<>();
    experts.forEach(e -> deltas.put(e.description().task(), e.deltas()));
    statistics.forEach(s -> features.put(s.task(), s.modules()));
    return new InterferenceResult(adapter.name(), Interference.measure(deltas, features));
  }
}
