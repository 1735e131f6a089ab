package dev.orthant.core.nn;

import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.ShapeMismatchException;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The trained linear layer that heads end with. */
final class Classifier {

  /** The {@code initializer_range} of BERT. */
  private static final double INITIAL_DEVIATION = 0.02;

  private final Parameter weight; // [outputs, hidden]
  private final Parameter bias; // [outputs]

  Classifier(INDArray weight, INDArray bias) {
    if (weight.rank() != 2) {
      throw new ShapeMismatchException("weight", new long[] {-1, -1}, weight.shape());
    }
    if (bias.rank() != 1 || bias.size(0) != weight.size(0)) {
      throw new ShapeMismatchException("bias", new long[] {weight.size(0)}, bias.shape());
    }
    this.weight = Parameter.trainable("weight", weight);
    this.bias = Parameter.trainable("bias", bias).withoutDecay();
  }

  /** Weights from N(0, 0.02^2), bias 0. */
  static Classifier fresh(int hidden, int outputs, RandomGenerator random) {
    float[] values = new float[outputs * hidden];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (INITIAL_DEVIATION * random.nextGaussian());
    }
    return new Classifier(
        Nd4j.createFromArray(values).reshape('c', outputs, hidden),
        Nd4j.zeros(DataType.FLOAT, outputs));
  }

  int hidden() {
    return (int) weight.value().size(1);
  }

  int outputs() {
    return (int) weight.value().size(0);
  }

  List<Parameter> parameters() {
    return List.of(weight, bias);
  }

  /**
   * @param pooled [sequences, hidden]
   * @return [sequences, outputs], a buffer
   */
  INDArray forward(Pass pass, INDArray pooled) {
    INDArray logits = pass.buffer("head.logits", pooled.size(0), outputs());
    pass.kernels().linear(pooled, weight.value(), bias.value(), logits);
    return logits;
  }

  /**
   * @param pooled [sequences, hidden], as in the forward pass
   * @param dLogits [sequences, outputs]
   * @param dPooled [sequences, hidden], overwritten; null if it is not wanted
   */
  void backward(Pass pass, INDArray pooled, INDArray dLogits, @Nullable INDArray dPooled) {
    pass.kernels().linearWeightGradient(dLogits, pooled, weight.gradient(), bias.gradient());
    if (dPooled != null) {
      pass.kernels().linearInputGradient(dLogits, weight.value(), false, dPooled);
    }
  }
}
