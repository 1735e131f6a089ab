package dev.orthant.eval.study;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.AtomicFolder;
import dev.orthant.core.config.AdapterSpec;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.core.finetune.AdapterDescription;
import dev.orthant.core.finetune.AdapterFolder;
import dev.orthant.core.finetune.ClassifierModel;
import dev.orthant.core.finetune.LanguageModelTraining;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.Head;
import dev.orthant.core.nn.NextTokenModel;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.nn.SequenceClassifier;
import dev.orthant.core.progress.Progress;
import dev.orthant.core.train.Evaluator;
import dev.orthant.core.train.TrainableModel;
import dev.orthant.core.train.Trainer;
import dev.orthant.core.train.TrainingConfig;
import dev.orthant.core.train.TrainingListener;
import dev.orthant.eval.metrics.Score;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/**
 * Trains every adapter of the configuration on every task, with a head of its own. What is on disk
 * already is left as it is, what was interrupted goes on from its newest checkpoint. Trainings run
 * side by side, each on one thread, which changes no bit of them.
 */
public final class TrainingStep {

  private final Study study;
  private final StepTimes times;
  private final SideBySide sideBySide;
  private final BooleanSupplier stop;

  /** A step of a study. */
  public TrainingStep(Study study, StepTimes times) {
    this(study, times, () -> false);
  }

  /**
   * A step of a study.
   *
   * @param stop whether trainings under way should save what they have and end
   */
  public TrainingStep(Study study, StepTimes times, BooleanSupplier stop) {
    this.study = study;
    this.times = times;
    this.sideBySide = new SideBySide(study.kernels().threads());
    this.stop = stop;
  }

  /**
   * Trains what is missing.
   *
   * @param statistics of every task, for constrained adapters; see {@link StatisticsStep}
   */
  public void run(List<TaskStatistics> statistics) {
    List<Runnable> missing = new ArrayList<>();
    for (AdapterSpec spec : study.run().adapters()) {
      for (StudyTask task : study.tasks()) {
        if (!isDone(spec, task)) {
          missing.add(() -> run(spec, task, statistics));
        }
      }
    }
    sideBySide.run(missing);
  }

  /** Trains one adapter on the calling thread, whether it is there or not. */
  public void run(AdapterSpec spec, StudyTask task, List<TaskStatistics> statistics) {
    times.time(
        "train %s-%s".formatted(task.name(), spec.name()), () -> train(spec, task, statistics));
  }

  /**
   * Whether an adapter is trained.
   *
   * @throws IllegalArgumentException if there is one of another configuration in its place
   */
  public boolean isDone(AdapterSpec spec, StudyTask task) {
    Path folder = study.adapterFolder(task, spec);
    if (!AdapterFolder.isAt(folder)) {
      return false;
    }
    study.requireSame(folder, spec, task);
    return true;
  }

  private void train(AdapterSpec spec, StudyTask task, List<TaskStatistics> statistics) {
    Path training = study.trainingFolder(task, spec);
    // what was interrupted must not go on with another configuration
    Trainer.newestCheckpoint(training).ifPresent(at -> study.requireSame(at, spec, task));
    long seed = study.run().seed();
    AdapterSet adapters = study.freshAdapters(spec, task, statistics);
    Head head = study.startingHead(spec, task);
    TrainingConfig config = study.training(spec);
    int steps = config.totalSteps(task.train().size());
    Kernels kernels = study.kernels().onCallingThread().withPrecision(config.precision());
    try (Pass pass = new Pass(kernels, adapters);
        Progress.Task progress =
            study.progress().start("train " + task.name() + " " + spec.name(), steps, "steps")) {
      pass.checkpointing(config.gradientCheckpointing());
      Trainer trainer =
          new Trainer(
              kernels,
              config,
              seed,
              List.of(
                  new ProgressListener(progress),
                  new EarlyAdapter(
                      training,
                      study.earlyFolder(task, spec),
                      folder -> writeInto(folder, spec, task, adapters, head))),
              () -> study.interruption().requested() || sideBySide.failed() || stop.getAsBoolean());
      trainer.train(
          model(task, head, adapters, pass),
          task.train(),
          evaluator(task, adapters, head, kernels),
          training,
          folder -> writeInto(folder, spec, task, adapters, head),
          true);
      AtomicFolder.write(
          study.adapterFolder(task, spec),
          true,
          folder -> writeInto(folder, spec, task, adapters, head));
    }
  }

  private TrainableModel model(StudyTask task, Head head, AdapterSet adapters, Pass pass) {
    return task.isLanguage()
        ? new LanguageModelTraining(new NextTokenModel(study.encoder()), adapters, pass)
        : new ClassifierModel(new SequenceClassifier(study.encoder(), head), adapters, pass);
  }

  private void writeInto(
      Path folder, AdapterSpec spec, StudyTask task, AdapterSet adapters, Head head) {
    ObjectNode provenance = study.provenance(spec, task);
    AdapterDescription description =
        new AdapterDescription(
            task.name(),
            task.data().labels(),
            task.metric().id(),
            head.name(),
            study.checkpoint().fingerprint(),
            study.run().base().maxLength(),
            provenance);
    AdapterFolder.writeInto(
        folder, description, study.run().base().model(), study.encoder(), adapters, head);
  }

  private Evaluator evaluator(StudyTask task, AdapterSet adapters, Head head, Kernels kernels) {
    return new Evaluator() {
      @Override
      public String metric() {
        return task.metric().id();
      }

      @Override
      public boolean greaterIsBetter() {
        return true;
      }

      @Override
      public double evaluate() {
        float[][] outputs = study.outputs(kernels, task, false, study.encoder(), adapters, head);
        requireFinite(outputs);
        return Score.ofOutputs(task.metric(), task.data(), task.data().validation(), outputs)
            .value();
      }
    };
  }

  private static void requireFinite(float[][] outputs) {
    for (float[] row : outputs) {
      for (float output : row) {
        if (!Float.isFinite(output)) {
          throw new ArithmeticException("an output is " + output);
        }
      }
    }
  }

  /** Shows steps and the latest loss. */
  private static final class ProgressListener implements TrainingListener {

    private final Progress.Task task;
    private int shown; // a resumed training does not begin at the first step

    ProgressListener(Progress.Task task) {
      this.task = task;
    }

    @Override
    public void onStep(StepReport report) {
      task.step(report.step() - shown);
      shown = report.step();
      task.message(String.format(Locale.ROOT, "loss %.3f", report.loss()));
    }

    @Override
    public void onEvaluation(EvaluationReport report) {
      task.message(String.format(Locale.ROOT, "%s %.3f", report.metric(), report.value()));
    }
  }
}
