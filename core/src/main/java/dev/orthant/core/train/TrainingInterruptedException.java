package dev.orthant.core.train;

import java.nio.file.Path;

/** Training was asked to stop and did so after writing a checkpoint. */
public final class TrainingInterruptedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  TrainingInterruptedException(int step, Path checkpoint) {
    super("training was interrupted after step %d; it resumes from %s".formatted(step, checkpoint));
  }
}
