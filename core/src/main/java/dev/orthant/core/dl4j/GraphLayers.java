package dev.orthant.core.dl4j;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** The layers of a {@link ComputationGraph}. */
record GraphLayers(ComputationGraph network) implements NetworkLayers<ComputationGraph> {

  @Override
  public List<NetworkLayer> all() {
    Map<String, GraphVertex> vertices = network.getConfiguration().getVertices();
    List<NetworkLayer> layers = new ArrayList<>();
    for (int place : network.topologicalSortOrder()) {
      String name = network.getVertices()[place].getVertexName();
      if (vertices.get(name) instanceof LayerVertex vertex) {
        layers.add(
            new NetworkLayer(
                name, -1, name + "_", vertex.getLayerConf().getLayer(), network.getLayer(name)));
      }
    }
    return layers;
  }

  @Override
  public DataType dataType() {
    return network.getConfiguration().getDataType();
  }

  @Override
  public Set<String> below(String layer) {
    Map<String, List<String>> inputs = network.getConfiguration().getVertexInputs();
    Set<String> below = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(layer));
    while (!open.isEmpty()) {
      for (String input : inputs.getOrDefault(open.pop(), List.of())) {
        if (below.add(input)) {
          open.push(input);
        }
      }
    }
    return below;
  }

  @Override
  public ComputationGraph rebuilt(
      Map<String, Layer> replacing, Set<String> tuned, Optional<FineTuneConfiguration> tuning) {
    ComputationGraphConfiguration configuration = network.getConfiguration().clone();
    long parameters = 0;
    for (Map.Entry<String, GraphVertex> entry : configuration.getVertices().entrySet()) {
      if (entry.getValue() instanceof LayerVertex vertex) {
        String name = entry.getKey();
        NeuralNetConfiguration each = vertex.getLayerConf();
        Layer replacement = replacing.get(name);
        if (replacement != null) {
          each.setLayer(replacement);
        }
        each.getLayer().setLayerName(name);
        tuning
            .filter(t -> tuned.contains(name))
            .ifPresent(t -> t.applyToNeuralNetConfiguration(each));
        each.clearVariables();
      }
      parameters += entry.getValue().numParams(true);
    }
    tuning.ifPresent(t -> t.applyToComputationGraphConfiguration(configuration));
    configuration.setIterationCount(0);
    configuration.setEpochCount(0);
    ComputationGraph rebuilt = new ComputationGraph(configuration);
    rebuilt.init(Nd4j.zeros(dataType(), 1, parameters), false);
    NetworkLayers.copy(network, rebuilt);
    return rebuilt;
  }
}
