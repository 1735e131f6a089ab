package dev.orthant.core.export;

import dev.orthant.core.nn.Head;
import dev.orthant.core.spi.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A trained head that is exported with a model.
 *
 * @param kind its name, such as {@code mean-pool}
 * @param module its path in a model of Hugging Face's, if there is one with such a head
 * @param labels the names of the classes, by index; empty for a regression
 * @param outputs how many there are for each text
 * @param tensors its parameters by name
 */
public record ExportedHead(
    String kind,
    Optional<String> module,
    List<String> labels,
    int outputs,
    Map<String, INDArray> tensors) {

  /** Copies the list and the map, keeping their order. */
  public ExportedHead {
    labels = List.copyOf(labels);
    tensors = new LinkedHashMap<>(tensors);
  }

  /**
   * A head with the names of its classes.
   *
   * @param labels by index; empty for a regression
   */
  public static ExportedHead of(Head head, List<String> labels) {
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    for (Parameter parameter : head.parameters()) {
      tensors.put(parameter.name(), parameter.value());
    }
    return new ExportedHead(head.name(), head.module(), labels, head.outputs(), tensors);
  }

  /** A tensor by its name. */
  INDArray tensor(String name) {
    INDArray tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "a head of kind '%s' has a tensor '%s', there are %s"
              .formatted(kind, name, tensors.keySet()));
    }
    return tensor;
  }
}
