package dev.orthant.core.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** The layers of a {@link MultiLayerNetwork}. */
record ListedLayers(MultiLayerNetwork network) implements NetworkLayers<MultiLayerNetwork> {

  @Override
  public List<NetworkLayer> all() {
    List<NetworkLayer> layers = new ArrayList<>();
    for (int i = 0; i < network.getnLayers(); i++) {
      Layer configuration = network.getLayerWiseConfigurations().getConf(i).getLayer();
      layers.add(
          new NetworkLayer(name(configuration, i), i, i + "_", configuration, network.getLayer(i)));
    }
    return layers;
  }

  @Override
  public DataType dataType() {
    return network.getLayerWiseConfigurations().getDataType();
  }

  @Override
  public Set<String> below(String layer) {
    return all().stream()
        .map(NetworkLayer::name)
        .takeWhile(name -> !name.equals(layer))
        .collect(Collectors.toSet());
  }

  @Override
  public MultiLayerNetwork rebuilt(
      Map<String, Layer> replacing, Set<String> tuned, Optional<FineTuneConfiguration> tuning) {
    MultiLayerConfiguration configuration = network.getLayerWiseConfigurations().clone();
    long parameters = 0;
    for (int i = 0; i < configuration.getConfs().size(); i++) {
      NeuralNetConfiguration each = configuration.getConf(i);
      String name = name(each.getLayer(), i);
      each.getLayer().setLayerName(name);
      Layer replacement = replacing.get(name);
      if (replacement != null) {
        each.setLayer(replacement);
      }
      tuning
          .filter(t -> tuned.contains(name))
          .ifPresent(t -> t.applyToNeuralNetConfiguration(each));
      each.clearVariables();
      parameters += each.getLayer().initializer().numParams(each);
    }
    tuning.ifPresent(t -> t.applyToMultiLayerConfiguration(configuration));
    configuration.setIterationCount(0);
    configuration.setEpochCount(0);
    MultiLayerNetwork rebuilt = new MultiLayerNetwork(configuration);
    rebuilt.init(Nd4j.zeros(dataType(), 1, parameters), false);
    NetworkLayers.copy(network, rebuilt);
    return rebuilt;
  }

  private static String name(Layer layer, int index) {
    return layer.getLayerName() == null ? "layer" + index : layer.getLayerName();
  }
}
