package dev.orthant.core.export;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A trained head that is exported with a model.
 *
 * @param kind its name, such as {@code mean-pool}
 * @param labels the names of the classes, by index; empty for a regression
 * @param tensors {@code weight} [outputs, features] and {@code bias} [outputs]
 */
public record ExportedHead(String kind, List<String> labels, Map<String, INDArray> tensors) {

  /** Copies the list and the map, and refuses a head without one of its tensors. */
  public ExportedHead {
    labels = List.copyOf(labels);
    tensors = Map.copyOf(new LinkedHashMap<>(tensors));
    for (String needed : List.of("weight", "bias")) {
      if (!tensors.containsKey(needed)) {
        throw new IllegalArgumentException(
            "a head has a tensor '%s', there are %s".formatted(needed, tensors.keySet()));
      }
    }
  }

  INDArray weight() {
    return tensors.get("weight");
  }

  INDArray bias() {
    return tensors.get("bias");
  }
}
