package dev.orthant.core.dl4j;

import dev.orthant.core.nn.AdaptableModel;
import dev.orthant.core.spi.Site;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The dense layers of a network as places for adapters; a module's path is its layer's name. */
final class NetworkSites implements AdaptableModel {

  private final Map<String, NetworkLayer> dense = new LinkedHashMap<>();

  NetworkSites(NetworkLayers<?> layers) {
    for (NetworkLayer layer : layers.all()) {
      if (layer.dense().isPresent() || layer.adapted().isPresent()) {
        dense.put(layer.name(), layer);
      }
    }
  }

  @Override
  public List<Site> sites() {
    return dense.values().stream().map(NetworkSites::site).toList();
  }

  /** Single-precision copies: an adapter of another network must not see this one's change. */
  @Override
  public INDArray baseWeights(String module) {
    return AdapterValues.weights(layer(module).table()).castTo(DataType.FLOAT).dup('c');
  }

  @Override
  public @Nullable INDArray baseBias(String module) {
    INDArray bias = AdapterValues.bias(layer(module).table());
    return bias == null ? null : bias.castTo(DataType.FLOAT).dup('c');
  }

  private NetworkLayer layer(String module) {
    NetworkLayer layer = dense.get(module);
    if (layer == null) {
      throw new IllegalArgumentException(
          "the network has no dense layer '%s'; it has %s"
              .formatted(module, new TreeSet<>(dense.keySet())));
    }
    return layer;
  }

  private static Site site(NetworkLayer layer) {
    INDArray weights = AdapterValues.weights(layer.table());
    return new Site(
        layer.name(),
        layer.index(),
        Math.toIntExact(weights.size(1)),
        Math.toIntExact(weights.size(0)));
  }
}
