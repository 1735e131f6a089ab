package dev.orthant.core.train;

import dev.orthant.core.spi.Parameter;
import dev.orthant.core.text.Batch;
import java.util.List;
import java.util.Set;

/** What the training loop needs of a model. */
public interface TrainableModel {

  /** Everything that belongs to a checkpoint, trainable or not, in a stable order. */
  List<NamedParameter> parameters();

  /**
   * Chooses what takes part in the passes from now on, of the model's groups of adapters each with
   * a probability; see {@link Coto}.
   *
   * @param probability in (0, 1]; with 1 everything takes part
   * @param seed of the draw
   * @return the parameters that rest: they get no gradient and are not to be changed
   * @throws IllegalArgumentException if the model has no adapters to choose from
   */
  default Set<Parameter> activate(double probability, long seed) {
    throw new IllegalArgumentException("coto needs a model with adapters");
  }

  /**
   * Runs forward and backward in training mode and adds {@code scale} times the gradients of the
   * mean loss to the parameters' gradients.
   *
   * @param labels one a sequence, or one a token of what is decoded
   * @param seed for dropout; a function of the run's seed, the step and the micro-batch
   * @return the mean loss over the labels of the batch that count, not scaled
   */
  double lossAndGradients(Batch batch, float[] labels, float scale, long seed);
}
