package dev.orthant.core.dl4j;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.api.layers.RecurrentLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One layer of a network.
 *
 * @param name as the network's configuration has it
 * @param index its place in a network that is a list of layers, -1 in a graph
 * @param prefix what the network's parameter table puts before the names of its parameters
 * @param configuration its settings; not to be modified
 * @param working the layer that runs
 */
record NetworkLayer(
    String name,
    int index,
    String prefix,
    Layer configuration,
    org.deeplearning4j.nn.api.Layer working) {

  /** Its settings, as they were before it was frozen. */
  Layer thawed() {
    return Freezing.thawed(configuration);
  }

  /**
   * The layer, if an adapter can be put on it: a dense layer, frozen or not, whose product is not
   * normalised before the activation.
   */
  Optional<DenseLayer> dense() {
    Layer layer = thawed();
    return layer.getClass() == DenseLayer.class && !((DenseLayer) layer).hasLayerNorm()
        ? Optional.of((DenseLayer) layer)
        : Optional.empty();
  }

  /** The layer, if it has an adapter. */
  Optional<AdaptedDenseLayer> adapted() {
    return thawed() instanceof AdaptedDenseLayer layer ? Optional.of(layer) : Optional.empty();
  }

  /** Its parameters, the network's own arrays; empty if it has none. */
  Map<String, INDArray> table() {
    Map<String, INDArray> table = working.paramTable();
    return table == null ? Map.of() : table;
  }

  /** Its parameters without those of an adapter. */
  Map<String, INDArray> baseTable() {
    Map<String, INDArray> base = new LinkedHashMap<>(table());
    adapted().ifPresent(a -> a.getAdapter().parameters().forEach(p -> base.remove(p.key())));
    return base;
  }

  /** Whether its activations are the network's. */
  boolean isOutput() {
    return working instanceof IOutputLayer;
  }

  /** Whether the network needs the working layer itself, so that nothing can be put around it. */
  boolean isBare() {
    return working instanceof IOutputLayer || working instanceof RecurrentLayer;
  }
}
