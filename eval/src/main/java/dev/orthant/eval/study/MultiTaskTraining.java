package dev.orthant.eval.study;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.AtomicFolder;
import dev.orthant.core.config.AdapterSpec;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.core.finetune.ClassifierModel;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.Head;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.nn.SequenceClassifier;
import dev.orthant.core.stats.FeatureStatistics;
import dev.orthant.core.text.TrainingRows;
import dev.orthant.core.train.Evaluator;
import dev.orthant.core.train.Trainer;
import dev.orthant.core.train.TrainingConfig;
import dev.orthant.eval.metrics.Score;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Trains one adapter on the rows of all tasks at once, as often as the tasks' own adapters see
 * theirs, with a head for each task; the best checkpoint is the one with the greatest mean score
 * over the tasks' validation rows.
 */
final class MultiTaskTraining {

  private final Study study;
  private final BooleanSupplier stop;

  /**
   * @param stop whether to save what there is and end
   */
  MultiTaskTraining(Study study, BooleanSupplier stop) {
    this.study = study;
    this.stop = stop;
  }

  /**
   * An adapter's configuration for all tasks together: no others are left to constrain it by, and
   * no task's trained adapter is its start.
   */
  static AdapterSpec unconstrained(AdapterSpec spec) {
    return new AdapterSpec(
        spec.name(), spec.type(), false, null, spec.training(), null, spec.settings());
  }

  /** As many optimiser steps a task as a task's own adapter has. */
  static TrainingConfig config(Study study, AdapterSpec spec) {
    int steps = study.training(spec).maxSteps();
    if (steps == 0) {
      return study.training(spec);
    }
    ObjectNode training = spec.training().deepCopy();
    training.put("max_steps", steps * study.tasks().size());
    return study.training(
        new AdapterSpec(spec.name(), spec.type(), false, null, training, null, spec.settings()));
  }

  /**
   * Trains, going on from a checkpoint if there is one, and scores every task's test rows.
   *
   * @param spec without a constraint
   * @param statistics of every task
   * @param folder of checkpoints, which are deleted at the end, and of the log, which is kept
   */
  List<Score> run(AdapterSpec spec, List<TaskStatistics> statistics, Path folder) {
    TrainingConfig config = config(study, spec);
    Kernels kernels = study.kernels().onCallingThread().withPrecision(config.precision());
    AdapterSet adapters =
        study.assembly(spec).assemble(study.encoder(), together(statistics), List.of(), seed());
    List<Head> heads = study.tasks().stream().map(study::freshHead).toList();
    TrainingRows rows = MultiTaskModel.rows(study.tasks());
    try (Pass pass = new Pass(kernels, adapters)) {
      List<ClassifierModel> models = new ArrayList<>();
      for (Head head : heads) {
        models.add(
            new ClassifierModel(new SequenceClassifier(study.encoder(), head), adapters, pass));
      }
      new Trainer(
              kernels,
              config,
              seed(),
              List.of(),
              () -> study.interruption().requested() || stop.getAsBoolean())
          .train(
              new MultiTaskModel(study.tasks(), models),
              rows,
              evaluator(adapters, heads, kernels),
              folder,
              unused -> {},
              true);
    }
    List<Score> scores = scores(true, adapters, heads, study.kernels().onCallingThread());
    deleteCheckpoints(folder);
    return scores;
  }

  private long seed() {
    return study.run().seed();
  }

  private Evaluator evaluator(AdapterSet adapters, List<Head> heads, Kernels kernels) {
    return new Evaluator() {
      @Override
      public String metric() {
        return "mean_score";
      }

      @Override
      public boolean greaterIsBetter() {
        return true;
      }

      @Override
      public double evaluate() {
        return Scores.mean(scores(false, adapters, heads, kernels));
      }
    };
  }

  private List<Score> scores(boolean test, AdapterSet adapters, List<Head> heads, Kernels kernels) {
    List<Score> scores = new ArrayList<>();
    for (int i = 0; i < heads.size(); i++) {
      StudyTask task = study.tasks().get(i);
      float[][] outputs =
          study
              .predictor(kernels)
              .logits(
                  study.encoder(), adapters, heads.get(i), test ? task.test() : task.validation());
      scores.add(
          Score.ofOutputs(
              task.metric(),
              task.data(),
              test ? task.data().test() : task.data().validation(),
              outputs));
    }
    return scores;
  }

  /** The statistics of all tasks as if they were one. */
  private static TaskStatistics together(List<TaskStatistics> tasks) {
    TaskStatistics first = tasks.get(0);
    Map<FeatureStatistics, FeatureStatistics> sums = new IdentityHashMap<>(); // several modules'
    Map<String, FeatureStatistics> modules = new LinkedHashMap<>();
    first
        .modules()
        .forEach(
            (module, ofFirst) ->
                modules.put(
                    module,
                    sums.computeIfAbsent(
                        ofFirst,
                        unused ->
                            tasks.stream()
                                .map(task -> task.modules().get(module))
                                .reduce(FeatureStatistics::plus)
                                .orElseThrow())));
    return new TaskStatistics(first.task(), first.source(), modules);
  }

  private static void deleteCheckpoints(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      files.filter(Files::isDirectory).forEach(AtomicFolder::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
