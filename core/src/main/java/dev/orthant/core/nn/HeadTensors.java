package dev.orthant.core.nn;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Trained heads from their tensors. */
final class HeadTensors {

  private HeadTensors() {}

  /** The tensor of a name, which has to be there. */
  static INDArray require(String kind, Map<String, INDArray> tensors, String name) {
    INDArray tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "a %s head needs a tensor '%s', there are %s".formatted(kind, name, tensors.keySet()));
    }
    return tensor;
  }

  /** What is thrown at a kind of head that a model cannot have. */
  static IllegalArgumentException unknown(String kind, String... known) {
    return new IllegalArgumentException(
        "no head '%s' for this model; there are %s".formatted(kind, String.join(", ", known)));
  }
}
