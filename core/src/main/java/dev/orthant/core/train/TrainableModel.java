package dev.orthant.core.train;

import dev.orthant.core.text.Batch;
import java.util.List;

/** What the training loop needs of a model. */
public interface TrainableModel {

  /** Everything that belongs to a checkpoint, trainable or not, in a stable order. */
  List<NamedParameter> parameters();

  /**
   * Runs forward and backward in training mode and adds {@code scale} times the gradients of the
   * mean loss to the parameters' gradients.
   *
   * @param labels one a sequence
   * @param seed for dropout; a function of the run's seed, the step and the micro-batch
   * @return the mean loss of the batch, not scaled
   */
  double lossAndGradients(Batch batch, float[] labels, float scale, long seed);
}
