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
  private final @Nullable Parameter bias; // [outputs]

  Classifier(INDArray weight, @Nullable INDArray bias) {
    this("", weight, bias);
  }

  /**
   * @param prefix what the names of the parameters begin with
   */
  Classifier(String prefix, INDArray weight, @Nullable INDArray bias) {
    if (weight.rank() != 2) {
      throw new ShapeMismatchException(prefix + "weight", new long[] {-1, -1}, weight.shape());
    }
    if (bias != null && (bias.rank() != 1 || bias.size(0) != weight.size(0))) {
      throw new ShapeMismatchException(prefix + "bias", new long[] {weight.size(0)}, bias.shape());
    }
    this.weight = Parameter.trainable(prefix + "weight", weight);
    this.bias = bias == null ? null : Parameter.trainable(prefix + "bias", bias).withoutDecay();
  }

  /** Weights from N(0, 0.02^2), bias 0. */
  static Classifier fresh(int hidden, int outputs, RandomGenerator random) {
    return fresh("", hidden, outputs, random);
  }

  /** The same with a beginning of the names. */
  static Classifier fresh(String prefix, int hidden, int outputs, RandomGenerator random) {
    return new Classifier(
        prefix, initial(hidden, outputs, random), Nd4j.zeros(DataType.FLOAT, outputs));
  }

  /** Weights from N(0, 0.02^2), no bias. */
  static Classifier withoutBias(int hidden, int outputs, RandomGenerator random) {
    return new Classifier(initial(hidden, outputs, random), null);
  }

  private static INDArray initial(int hidden, int outputs, RandomGenerator random) {
    float[] values = new float[outputs * hidden];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (INITIAL_DEVIATION * random.nextGaussian());
    }
    return Nd4j.createFromArray(values).reshape('c', outputs, hidden);
  }

  int hidden() {
    return (int) weight.value().size(1);
  }

  int outputs() {
    return (int) weight.value().size(0);
  }

  List<Parameter> parameters() {
    return bias == null ? List.of(weight) : List.of(weight, bias);
  }

  /**
   * @param pooled [sequences, hidden]
   * @return [sequences, outputs], a buffer
   */
  INDArray forward(Pass pass, INDArray pooled) {
    INDArray logits = pass.buffer("head.logits", pooled.size(0), outputs());
    forward(pass, pooled, logits);
    return logits;
  }

  /**
   * @param x [rows, hidden]
   * @param y [rows, outputs], overwritten
   */
  void forward(Pass pass, INDArray x, INDArray y) {
    pass.kernels().linear(x, weight.value(), bias == null ? null : bias.value(), y);
  }

  /**
   * @param pooled [sequences, hidden], as in the forward pass
   * @param dLogits [sequences, outputs]
   * @param dPooled [sequences, hidden], overwritten; null if it is not wanted
   */
  void backward(Pass pass, INDArray pooled, INDArray dLogits, @Nullable INDArray dPooled) {
    pass.kernels()
        .linearWeightGradient(
            dLogits, pooled, weight.gradient(), bias == null ? null : bias.gradient());
    if (dPooled != null) {
      pass.kernels().linearInputGradient(dLogits, weight.value(), false, dPooled);
    }
  }
}
