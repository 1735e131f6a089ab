package dev.orthant.core.nn;

import dev.orthant.core.spi.Parameter;
import dev.orthant.core.text.Batch;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Turns hidden states into one row of outputs for each sequence. */
public interface Head {

  /** The stable name of this kind of head; it is written beside the weights. */
  String name();

  /**
   * The path of the head in a model of Hugging Face's with a head, before the names of the
   * parameters; empty if there is no such model.
   */
  default Optional<String> module() {
    return Optional.empty();
  }

  /** What PEFT calls a model with such a head. */
  default String taskType() {
    return module().isPresent() ? "SEQ_CLS" : "FEATURE_EXTRACTION";
  }

  /** Whether the model's {@link Transformer#prefix} stands before its modules beside this head. */
  default boolean isPrefixed() {
    return module().isPresent();
  }

  /** The number of outputs: one for each class, or one for a regression. */
  int outputs();

  /** What is trained and saved, such as {@code weight} and {@code bias}. */
  List<Parameter> parameters();

  /**
   * What the trained layer reads.
   *
   * @param hidden [tokens, hidden]
   * @return [sequences, features], a buffer of the pass
   */
  INDArray features(Pass pass, INDArray hidden, Batch batch);

  /**
   * The outputs, before any softmax.
   *
   * @param features [sequences, features]
   * @return [sequences, outputs], a buffer of the pass
   */
  INDArray outputs(Pass pass, INDArray features);

  /**
   * The outputs, before any softmax.
   *
   * @param hidden [tokens, hidden]
   * @return [sequences, outputs], a buffer of the pass
   */
  default INDArray forward(Pass pass, INDArray hidden, Batch batch) {
    return outputs(pass, features(pass, hidden, batch));
  }

  /**
   * Adds to the gradients of the parameters and gives that of the hidden states. Follows a {@link
   * #forward} of the same pass and batch.
   *
   * @param dLogits [sequences, outputs]
   * @param dHidden [tokens, hidden], overwritten; null if it is not wanted
   */
  void backward(Pass pass, Batch batch, INDArray dLogits, @Nullable INDArray dHidden);
}
