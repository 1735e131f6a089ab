package dev.orthant.core.train;

import java.nio.file.Path;

/** Is told what happens during training, on the training thread. */
public interface TrainingListener {

  /** One optimiser step was taken. */
  default void onStep(StepReport report) {}

  /** The model was evaluated. */
  default void onEvaluation(EvaluationReport report) {}

  /** A checkpoint is complete. */
  default void onCheckpoint(Path folder) {}

  /**
   * An optimiser step.
   *
   * @param step number of steps taken, from 1
   * @param totalSteps of the whole training
   * @param epoch passes over the data so far, with a fraction
   * @param loss mean over the rows of this step
   * @param gradientNorm global norm before clipping
   * @param learningRate of this step
   */
  record StepReport(
      int step,
      int totalSteps,
      double epoch,
      double loss,
      double gradientNorm,
      double learningRate) {}

  /**
   * An evaluation.
   *
   * @param step number of steps taken
   * @param epoch passes over the data so far
   * @param metric name of the metric that checkpoints are chosen by
   * @param value its value
   * @param best whether it is the best so far
   */
  record EvaluationReport(int step, double epoch, String metric, double value, boolean best) {}
}
