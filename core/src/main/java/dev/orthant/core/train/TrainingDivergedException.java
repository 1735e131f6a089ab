package dev.orthant.core.train;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The loss or the gradient is no longer a finite number. */
public final class TrainingDivergedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  TrainingDivergedException(
      int step, String quantity, double value, double learningRate, @Nullable Path lastGood) {
    super(
        "training diverged at step %d: %s is %s at learning rate %.3g; %s; try a lower learning_rate"
            .formatted(
                step,
                quantity,
                value,
                learningRate,
                lastGood == null
                    ? "no checkpoint had been written yet"
                    : "the last good checkpoint is " + lastGood));
  }
}
