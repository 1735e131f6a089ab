package dev.orthant.core.nn;

import dev.orthant.core.text.Batch;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An encoder and a head: one class, or for a head of one output one number, for each sequence.
 *
 * @param encoder frozen but for the adapters of the pass
 * @param head trained
 */
public record SequenceClassifier(Transformer encoder, Head head) {

  /**
   * The head's outputs, in the mode of the pass.
   *
   * @return [sequences, outputs], a buffer of the pass
   */
  public INDArray logits(Pass pass, Batch batch) {
    return head.forward(pass, encoder.forward(pass, batch), batch);
  }

  /**
   * Runs forward and backward and adds to the gradients of the adapters and the head. The loss is
   * the cross-entropy, or for a head of one output the squared error. Without an adapter to train,
   * the encoder is not gone back through.
   *
   * @param pass in training mode
   * @param labels [sequences], class indices or values
   * @param lossScale what the gradients are multiplied by
   * @return the mean loss over the sequences, not scaled
   * @throws IllegalStateException if the pass is not in training mode
   */
  public double lossAndGradients(Pass pass, Batch batch, float[] labels, float lossScale) {
    if (!pass.isTraining()) {
      throw new IllegalStateException("gradients need a pass in training mode");
    }
    INDArray logits = logits(pass, batch);
    INDArray dLogits = pass.buffer("head.logits_gradient", logits.shape());
    double loss =
        head.outputs() == 1
            ? pass.kernels().squaredError(logits, labels, lossScale, dLogits)
            : pass.kernels().crossEntropy(logits, labels, lossScale, dLogits);
    backward(pass, batch, dLogits);
    return loss;
  }

  /**
   * Runs forward and backward and adds to the gradients of the adapters and the head, with the
   * predictions' own entropy {@code -sum_c p_c log p_c} in place of a loss: no labels are needed.
   *
   * @param pass in training mode
   * @return the mean entropy over the sequences, in nats
   * @throws IllegalStateException if the pass is not in training mode
   */
  public double entropyAndGradients(Pass pass, Batch batch) {
    if (!pass.isTraining()) {
      throw new IllegalStateException("gradients need a pass in training mode");
    }
    INDArray logits = logits(pass, batch);
    float[] values = logits.dup('c').data().asFloat();
    double entropy = Entropy.gradientsInPlace(values, head.outputs());
    INDArray dLogits = pass.buffer("head.logits_gradient", logits.shape());
    dLogits.assign(Nd4j.createFromArray(values).reshape('c', dLogits.shape()));
    backward(pass, batch, dLogits);
    return entropy;
  }

  /**
   * Runs backward from the gradient of the outputs and adds to the gradients of the adapters and
   * the head. Follows {@link #logits} of the same pass and batch, in training mode; several may
   * follow.
   *
   * @param dLogits [sequences, outputs]
   */
  public void backward(Pass pass, Batch batch, INDArray dLogits) {
    if (!encoder.trains(pass.adapters())) {
      head.backward(pass, batch, dLogits, null);
      return;
    }
    INDArray dHidden =
        pass.buffer("head.hidden_gradient", batch.tokens(), encoder.sizes().hidden());
    head.backward(pass, batch, dLogits, dHidden);
    encoder.backward(pass, batch, dHidden);
  }
}
