package dev.orthant.core.train;

import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.progress.InterruptedWorkException;
import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.text.BatchOrder;
import dev.orthant.core.text.TrainingRows;
import dev.orthant.core.train.TrainingListener.EvaluationReport;
import dev.orthant.core.train.TrainingListener.StepReport;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The training loop: batches, AdamW with its schedule, evaluation, checkpoints, resume.
 *
 * <p>An optimiser step is over the rows of {@code gradient_accumulation_steps} micro-batches, each
 * weighted by its share of the labels that count (one a row, or one a token), so it equals one step
 * over a larger batch; the last group of an epoch may be smaller. Data order and dropout are
 * functions of the seed, the epoch and the step, so a resumed run continues with the same bits (on
 * the same machine and number of threads).
 */
public final class Trainer {

  private final Kernels kernels;
  private final TrainingConfig config;
  private final long seed;
  private final List<TrainingListener> listeners;
  private final BooleanSupplier interrupted;

  /**
   * A trainer for one or more runs.
   *
   * @param interrupted asked after each step; when true, a checkpoint is written and training ends
   *     with a {@link TrainingInterruptedException}
   */
  public Trainer(
      Kernels kernels,
      TrainingConfig config,
      long seed,
      List<TrainingListener> listeners,
      BooleanSupplier interrupted) {
    this.kernels = kernels;
    this.config = config;
    this.seed = seed;
    this.listeners = List.copyOf(listeners);
    this.interrupted = interrupted;
  }

  /** The checkpoint that a training into this folder would go on from, if there is one. */
  public static Optional<Path> newestCheckpoint(Path folder) {
    return new TrainingCheckpoints(folder, unused -> {}).newest();
  }

  /**
   * Trains the model's parameters in place.
   *
   * @param rows to train on; at least one
   * @param evaluator for validation, or null to train without
   * @param folder where {@code checkpoint-<step>} folders and {@code metrics.jsonl} go, and the
   *     same records for TensorBoard
   * @param snapshot what is written into each checkpoint for others to read
   * @param resume whether to continue from the folder's newest checkpoint, if there is one
   * @return what happened
   * @throws TrainingDivergedException if the loss, the gradient or an output on validation rows is
   *     not finite; no checkpoint is written of it
   */
  public TrainingResult train(
      TrainableModel model,
      TrainingRows rows,
      @Nullable Evaluator evaluator,
      Path folder,
      SnapshotWriter snapshot,
      boolean resume) {
    if (rows.size() == 0) {
      throw new IllegalArgumentException("there are no rows to train on");
    }
    TrainingCheckpoints checkpoints = new TrainingCheckpoints(folder, snapshot);
    Run run = new Run(model, rows, evaluator, folder, checkpoints);
    Optional<Path> newest = resume ? checkpoints.newest() : Optional.empty();
    newest.ifPresent(run::resumeFrom);
    return run.toEnd();
  }

  /** One run's state, so that the loop reads as its steps. */
  private final class Run {

    private final TrainableModel model;
    private final TrainingRows rows;
    private final @Nullable Evaluator evaluator;
    private final TrainingCheckpoints checkpoints;
    private final Path folder;
    private final AdamW optimizer;
    private final MetricsLog metrics;
    private final EventLog events;
    private final int stepsAnEpoch;
    private final int totalSteps;
    private final int warmup;
    private TrainerState state = new TrainerState();
    private boolean stoppedEarly;
    private double rate; // of the latest step
    private @Nullable Path lastCheckpoint;

    Run(
        TrainableModel model,
        TrainingRows rows,
        @Nullable Evaluator evaluator,
        Path folder,
        TrainingCheckpoints checkpoints) {
      this.model = model;
      this.rows = rows;
      this.evaluator = evaluator;
      this.folder = folder;
      this.checkpoints = checkpoints;
      this.optimizer = new AdamW(kernels, config, model.parameters());
      this.metrics = new MetricsLog(folder.resolve(MetricsLog.NAME));
      this.events = new EventLog(folder, Clock.systemUTC()); // which shows when a record was made
      this.stepsAnEpoch = config.stepsAnEpoch(rows.size());
      this.totalSteps = config.totalSteps(rows.size());
      this.warmup = config.warmupOf(totalSteps);
      state.maxSteps = totalSteps;
      state.rows = rows.size();
    }

    void resumeFrom(Path checkpoint) {
      TrainerState saved = checkpoints.readState(checkpoint);
      if (saved.maxSteps != totalSteps || saved.rows != rows.size()) {
        throw new IllegalArgumentException(
            ("checkpoint %s is of a run with %d steps over %d rows, this one has %d steps over %d"
                    + " rows; give it another folder or do not resume")
                .formatted(checkpoint, saved.maxSteps, saved.rows, totalSteps, rows.size()));
      }
      checkpoints.readParameters(checkpoint, model.parameters());
      checkpoints.readOptimizer(checkpoint, optimizer);
      optimizer.resumeAt(saved.globalStep, saved.restedSteps);
      state = saved;
      lastCheckpoint = checkpoint;
      stoppedEarly = patienceIsOver();
    }

    TrainingResult toEnd() {
      optimizer.clearGradients();
      metrics.restart(state.logHistory);
      events.restart(state.logHistory);
      if (state.evaluationPending) {
        state.evaluationPending = false;
        evaluateAndCheckpoint();
      }
      while (state.globalStep < totalSteps && !stoppedEarly) {
        epoch();
      }
      if (config.coto() != null) {
        model.activate(1, seed);
      }
      if (state.bestModelCheckpoint != null && config.loadBestModelAtEnd()) {
        checkpoints.readParameters(folder.resolve(state.bestModelCheckpoint), model.parameters());
      }
      return new TrainingResult(
          state.globalStep, state.bestMetric, stoppedEarly, List.copyOf(state.logHistory));
    }

    private void epoch() {
      List<int[]> batches =
          BatchOrder.training(rows, config.batchSize(), config.groupByLength(), seed, state.epoch);
      int group = config.gradientAccumulationSteps();
      while (state.stepInEpoch < stepsAnEpoch && state.globalStep < totalSteps && !stoppedEarly) {
        int start = state.stepInEpoch * group;
        step(batches.subList(start, Math.min(batches.size(), start + group)));
        boolean endOfEpoch = state.stepInEpoch == stepsAnEpoch;
        if (endOfEpoch) {
          state.epoch++;
          state.stepInEpoch = 0;
        }
        afterStep(endOfEpoch);
        if (endOfEpoch) {
          return;
        }
      }
    }

    private void step(List<int[]> microBatches) {
      rate = config.learningRate() * config.schedule().factor(state.globalStep, warmup, totalSteps);
      activate();
      double loss = accumulate(microBatches);
      requireFinite("the loss", loss);
      double norm = optimizer.gradientNorm();
      requireFinite("the gradient norm", norm);
      optimizer.step(rate, norm);
      state.globalStep++;
      state.stepInEpoch++;
      state.lossSinceLog += loss;
      state.stepsSinceLog++;
      if (config.loggingSteps() > 0 && state.globalStep % config.loggingSteps() == 0) {
        log(norm);
      }
      StepReport report =
          new StepReport(
              state.globalStep, totalSteps, state.fractionalEpoch(stepsAnEpoch), loss, norm, rate);
      listeners.forEach(l -> l.onStep(report));
    }

    /** Chooses which adapters take part in this step. */
    private void activate() {
      Coto coto = config.coto();
      if (coto != null) {
        double probability = coto.probability(state.globalStep, totalSteps);
        long draw = CounterRandom.seed(seed, "coto", Integer.toString(state.globalStep));
        optimizer.rest(model.activate(probability, draw));
      }
    }

    /** Adds up the gradients of the micro-batches; the mean loss over their labels. */
    private double accumulate(List<int[]> microBatches) {
      int total = microBatches.stream().mapToInt(rows::weight).sum();
      double loss = 0;
      for (int i = 0; i < microBatches.size(); i++) {
        int[] indices = microBatches.get(i);
        float share = (float) rows.weight(indices) / total;
        long stepSeed =
            CounterRandom.seed(
                seed, "step", Integer.toString(state.globalStep), Integer.toString(i));
        loss +=
            share
                * model.lossAndGradients(
                    rows.batch(indices), rows.labels(indices), share, stepSeed);
      }
      return loss;
    }

    private void requireFinite(String quantity, double value) {
      if (!Double.isFinite(value)) {
        optimizer.clearGradients();
        throw new TrainingDivergedException(
            state.globalStep + 1, quantity, value, rate, lastCheckpoint);
      }
    }

    private void afterStep(boolean endOfEpoch) {
      int every = config.evaluationSteps();
      boolean last = state.globalStep == totalSteps;
      boolean due = every == 0 ? endOfEpoch || last : state.globalStep % every == 0 || last;
      if (due) {
        evaluateAndCheckpoint();
      }
      if (interrupted.getAsBoolean() && state.globalStep < totalSteps) {
        Path resumable = due && lastCheckpoint != null ? lastCheckpoint : checkpoint();
        throw new TrainingInterruptedException(state.globalStep, resumable);
      }
    }

    private void evaluateAndCheckpoint() {
      if (evaluator != null) {
        try {
          evaluate(evaluator);
        } catch (InterruptedWorkException e) {
          state.evaluationPending = true;
          throw new TrainingInterruptedException(state.globalStep, checkpoint());
        }
      }
      checkpoint();
    }

    private void evaluate(Evaluator by) {
      double value = valueBy(by);
      Double before = state.bestMetric;
      double gain = before == null ? 0 : by.greaterIsBetter() ? value - before : before - value;
      boolean best = !Double.isNaN(value) && (before == null || gain > 0);
      boolean improved = before == null || gain > config.earlyStoppingThreshold();
      state.evaluationsWithoutImprovement = improved ? 0 : state.evaluationsWithoutImprovement + 1;
      if (best) {
        state.bestMetric = value;
        state.bestModelCheckpoint = "checkpoint-" + state.globalStep;
      }
      stoppedEarly = patienceIsOver();
      record(Map.of("eval_" + by.metric(), value));
      EvaluationReport report =
          new EvaluationReport(
              state.globalStep, state.fractionalEpoch(stepsAnEpoch), by.metric(), value, best);
      listeners.forEach(l -> l.onEvaluation(report));
    }

    private double valueBy(Evaluator by) {
      try {
        return by.evaluate();
      } catch (ArithmeticException e) {
        throw new TrainingDivergedException(
            state.globalStep, "an output on validation rows", Double.NaN, rate, lastCheckpoint);
      }
    }

    private boolean patienceIsOver() {
      int patience = config.earlyStoppingPatience();
      return patience > 0 && state.evaluationsWithoutImprovement >= patience;
    }

    private Path checkpoint() {
      state.restedSteps = optimizer.restedSteps();
      Path written = checkpoints.write(state, model.parameters(), optimizer);
      lastCheckpoint = written;
      checkpoints.prune(config.keepCheckpoints(), state.bestModelCheckpoint);
      listeners.forEach(l -> l.onCheckpoint(written));
      return written;
    }

    private void log(double norm) {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("loss", state.lossSinceLog / state.stepsSinceLog);
      values.put("grad_norm", norm);
      values.put("learning_rate", rate);
      state.lossSinceLog = 0;
      state.stepsSinceLog = 0;
      record(values);
    }

    private void record(Map<String, Object> values) {
      state.log(state.fractionalEpoch(stepsAnEpoch), values);
      Map<String, Object> entry = state.logHistory.get(state.logHistory.size() - 1);
      metrics.append(entry);
      events.append(entry);
    }
  }
}
