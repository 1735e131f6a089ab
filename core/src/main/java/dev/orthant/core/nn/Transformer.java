package dev.orthant.core.nn;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.text.Batch;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A transformer with frozen weights, on packed batches. What is trained are adapters beside its
 * linear layers, which the {@link Pass} brings along.
 *
 * <p>Gradients are computed for adapters only, and nothing is computed below the lowest adapter
 * that has something to train. Dropout of the base model is off. Instances are immutable and can be
 * shared by passes on several threads.
 */
public interface Transformer extends AdaptableModel, AutoCloseable {

  /** The sizes. */
  ModelSizes sizes();

  /** The heads that models of this family get. */
  Heads heads();

  /**
   * What stands before the path of every module in a model with a head, as {@code bert.} does;
   * module paths of this model may have it already.
   */
  String prefix();

  /** What turns hidden states into scores of tokens, of models of language. */
  default Optional<TokenOutput> output() {
    return Optional.empty();
  }

  /**
   * The token that the decoder beside an encoder begins with; empty for models of one stack. With
   * an encoder, what {@link #forward} gives are the states of the batch's target, or without a
   * target those of the sequences themselves behind this token.
   */
  default OptionalInt startToken() {
    return OptionalInt.empty();
  }

  /**
   * The hidden states of the last layer, after the normalisation that follows it if there is one.
   *
   * @return [tokens, hidden], a buffer of the pass
   * @throws IllegalArgumentException if an id or a sequence's length is out of range, or if an
   *     adapter does not fit the model
   */
  INDArray forward(Pass pass, Batch batch);

  /**
   * Adds to the gradients of the adapters. Follows a {@link #forward} of the same pass and batch,
   * in training mode.
   *
   * @param dHidden [tokens, hidden], gradient of what forward gave; not modified
   * @throws IllegalStateException if the pass is not in training mode
   */
  void backward(Pass pass, Batch batch, INDArray dHidden);

  /** Whether any adapter has something to train. */
  boolean trains(AdapterSet adapters);

  /**
   * A model with deltas added to weights of this one; everything else is shared. Runs faster than
   * adapters beside the weights, and differs from them by the rounding of the sums. Close it when
   * it is no longer needed; the garbage collector is late to free memory beside the heap.
   *
   * @param deltas module path to what is added to its weight
   * @throws IllegalArgumentException if a module is not there
   * @throws dev.orthant.core.spi.ShapeMismatchException if a delta does not have the weight's shape
   */
  Transformer plus(Map<String, ? extends Delta> deltas);

  /**
   * Frees the weights that {@link #plus} has summed for this model, and what kernels keep beside
   * weights of its own. A model that it was made from stays as it is. No pass may be running.
   */
  @Override
  void close();
}
