package dev.orthant.core.dl4j;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;

/**
 * A network some of whose layers get adapters.
 *
 * @param <N> its kind
 * @param layers as they are
 * @param adapted name to settings of the layers with adapters
 * @param trained names of the layers that are trained as a whole
 */
record AdaptedNetwork<N extends Model>(
    NetworkLayers<N> layers, Map<String, AdaptedDenseLayer> adapted, Set<String> trained) {

  /** The network, its adapters' arrays zero. */
  N built(Optional<FineTuneConfiguration> tuning) {
    Set<String> active = new HashSet<>(trained);
    active.addAll(adapted.keySet());
    Map<String, Layer> replacing = new HashMap<>();
    for (NetworkLayer layer : layers.all()) {
      AdaptedDenseLayer withAdapter = adapted.get(layer.name());
      if (withAdapter != null) {
        replacing.put(layer.name(), withAdapter);
      } else if (trained.contains(layer.name())) {
        replacing.put(layer.name(), layer.thawed());
      } else if (!layer.table().isEmpty()) {
        boolean passesGradients = !Collections.disjoint(layers.below(layer.name()), active);
        replacing.put(layer.name(), Freezing.frozen(layer, passesGradients));
      }
    }
    return layers.rebuilt(replacing, active, tuning);
  }
}
