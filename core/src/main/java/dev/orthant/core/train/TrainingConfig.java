package dev.orthant.core.train;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.kernel.Precision;
import org.jspecify.annotations.Nullable;

/**
 * How to train. Defaults are those of the Hugging Face Trainer and PyTorch's AdamW, except for the
 * learning rate (adapters want more than full fine-tuning), the batch size and the strategy of
 * evaluating each epoch and keeping the best.
 *
 * @param epochs passes over the training rows, at least 1
 * @param maxSteps optimiser steps, instead of epochs; 0 to go by epochs
 * @param batchSize rows of a micro-batch, at least 1
 * @param gradientAccumulationSteps micro-batches of one optimiser step, at least 1
 * @param learningRate peak learning rate, positive
 * @param schedule its course
 * @param warmupSteps steps of linear warm-up; takes precedence over the ratio when positive
 * @param warmupRatio share of all steps used for warm-up, in [0, 1)
 * @param weightDecay decoupled weight decay, at least 0; biases and norms are exempt
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 * @param epsilon added to the root of the second moment, positive
 * @param maxGradNorm global gradient norm that is clipped to; 0 for no clipping
 * @param groupByLength whether rows of similar length go into one batch
 * @param evaluationSteps evaluate and checkpoint every so many steps; 0 for once an epoch
 * @param loggingSteps write a record every so many steps; 0 for only with evaluations
 * @param keepCheckpoints number of newest checkpoints to keep beside the best, at least 1
 * @param loadBestModelAtEnd whether training ends with the best checkpoint's parameters
 * @param earlyStoppingPatience stop after so many evaluations without improvement; 0 for never
 * @param earlyStoppingThreshold how much better counts as an improvement, at least 0
 * @param precision of the products with the base model's weights; everything else is in fp32
 * @param gradientCheckpointing whether to keep only the inputs of layers in the forward pass and to
 *     compute the rest again in the backward pass: less memory for about a third more time, and the
 *     same bits
 * @param coto how adapters are activated progressively, or null if all of them always take part
 */
public record TrainingConfig(
    int epochs,
    int maxSteps,
    int batchSize,
    int gradientAccumulationSteps,
    double learningRate,
    Schedule schedule,
    int warmupSteps,
    double warmupRatio,
    double weightDecay,
    double beta1,
    double beta2,
    double epsilon,
    double maxGradNorm,
    boolean groupByLength,
    int evaluationSteps,
    int loggingSteps,
    int keepCheckpoints,
    boolean loadBestModelAtEnd,
    int earlyStoppingPatience,
    double earlyStoppingThreshold,
    Precision precision,
    boolean gradientCheckpointing,
    @Nullable Coto coto) {

  /** Checks every range. */
  public TrainingConfig {
    atLeast("epochs", epochs, 1);
    atLeast("max_steps", maxSteps, 0);
    atLeast("batch_size", batchSize, 1);
    atLeast("gradient_accumulation_steps", gradientAccumulationSteps, 1);
    positive("learning_rate", learningRate);
    atLeast("warmup_steps", warmupSteps, 0);
    within("warmup_ratio", warmupRatio);
    if (!(weightDecay >= 0)) {
      throw new IllegalArgumentException("weight_decay must be at least 0, was " + weightDecay);
    }
    within("beta1", beta1);
    within("beta2", beta2);
    positive("epsilon", epsilon);
    if (!(maxGradNorm >= 0)) {
      throw new IllegalArgumentException("max_grad_norm must be at least 0, was " + maxGradNorm);
    }
    atLeast("evaluation_steps", evaluationSteps, 0);
    atLeast("logging_steps", loggingSteps, 0);
    atLeast("keep_checkpoints", keepCheckpoints, 1);
    atLeast("early_stopping_patience", earlyStoppingPatience, 0);
    if (!(earlyStoppingThreshold >= 0)) {
      throw new IllegalArgumentException(
          "early_stopping_threshold must be at least 0, was " + earlyStoppingThreshold);
    }
    requireNonNull(precision, "precision");
  }

  /** The defaults described above. */
  public static TrainingConfig defaults() {
    return new TrainingConfig(
        3,
        0,
        32,
        1,
        1e-3,
        Schedule.LINEAR,
        0,
        0.06,
        0.0,
        0.9,
        0.999,
        1e-8,
        1.0,
        false,
        0,
        10,
        1,
        true,
        0,
        0.0,
        Precision.FP32,
        false,
        null);
  }

  /** The number of optimiser steps for so many rows. */
  public int totalSteps(int rows) {
    return maxSteps > 0 ? maxSteps : epochs * stepsAnEpoch(rows);
  }

  /** The number of optimiser steps in one pass; the last may be over fewer rows. */
  public int stepsAnEpoch(int rows) {
    int batches = (rows + batchSize - 1) / batchSize;
    return (batches + gradientAccumulationSteps - 1) / gradientAccumulationSteps;
  }

  /** The number of warm-up steps of so many steps in all. */
  public int warmupOf(int totalSteps) {
    int steps = warmupSteps > 0 ? warmupSteps : (int) Math.ceil(totalSteps * warmupRatio);
    return Math.min(steps, totalSteps);
  }

  private static void atLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "%s must be at least %d, was %d".formatted(name, least, value));
    }
  }

  private static void positive(String name, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + " must be positive, was " + value);
    }
  }

  private static void within(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + " must be in [0, 1), was " + value);
    }
  }
}
