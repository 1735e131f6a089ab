package dev.orthant.core.dl4j;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The layers of a network of either kind.
 *
 * @param <N> the kind
 */
sealed interface NetworkLayers<N extends Model> permits ListedLayers, GraphLayers {

  /**
   * The layers of a network that was initialised.
   *
   * @throws IllegalArgumentException if it is neither a list nor a graph of layers
   */
  @SuppressWarnings("unchecked") // N is what the network is
  static <N extends Model> NetworkLayers<N> of(N network) {
    if (network instanceof MultiLayerNetwork list) {
      return (NetworkLayers<N>) new ListedLayers(list);
    }
    if (network instanceof ComputationGraph graph) {
      return (NetworkLayers<N>) new GraphLayers(graph);
    }
    throw new IllegalArgumentException(
        "a network of class %s, expected a MultiLayerNetwork or a ComputationGraph"
            .formatted(network.getClass().getName()));
  }

  /** The network. */
  N network();

  /** All layers, each after those that it reads from. */
  List<NetworkLayer> all();

  /** The type of the network's parameters. */
  DataType dataType();

  /** The layers that a layer reads from, directly or by way of others. */
  Set<String> below(String layer);

  /**
   * A new network with other settings for some layers. Parameters that both networks have are
   * copied, others are zero; training starts anew.
   *
   * @param replacing name to new settings
   * @param tuned names of the layers that the tuning applies to
   * @param tuning what changes in how they are trained
   */
  N rebuilt(
      Map<String, Layer> replacing, Set<String> tuned, Optional<FineTuneConfiguration> tuning);

  /** A layer by its name. */
  default Optional<NetworkLayer> named(String name) {
    return all().stream().filter(layer -> layer.name().equals(name)).findFirst();
  }

  /** Overwrites the parameters of a network by those of another that have the same name. */
  static void copy(Model from, Model to) {
    Map<String, INDArray> source = from.paramTable();
    to.paramTable()
        .forEach(
            (name, array) -> {
              INDArray there = source.get(name);
              if (there != null) {
                array.assign(there);
              }
            });
  }
}
