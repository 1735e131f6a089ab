package dev.orthant.core.dl4j;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.spi.ShapeMismatchException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Adapters on Deeplearning4j networks, a MultiLayerNetwork or a ComputationGraph:
 *
 * <pre>{@code
 * NetworkAdapters adapters = NetworkAdapters.create();
 * MultiLayerNetwork adapted =
 *     adapters.adaptation("lora", "{rank: 4, target_modules: hidden.*}").applyTo(network);
 * adapted.fit(data);                                           // trains the adapters alone
 * Map<String, Delta> deltas = adapters.deltas(adapted);        // what they add to the weights
 * MultiLayerNetwork plain = adapters.folded(adapted);          // dense layers again
 * }</pre>
 *
 * <p>What comes back is a new network; no network is changed but by its own {@code fit}. Stateless
 * and safe for use by several threads, each with networks of its own.
 */
public final class NetworkAdapters {

  private final Catalog catalog;

  /** Adapters and constraints of a catalog, such as the one that Guice injects. */
  public NetworkAdapters(Catalog catalog) {
    this.catalog = requireNonNull(catalog, "catalog");
  }

  /** The plug-ins of the class path. */
  public static NetworkAdapters create() {
    return new NetworkAdapters(ClassPath.catalog());
  }

  /**
   * A kind of adapter for layers of networks.
   *
   * @param type its name, such as {@code lora}
   * @param yaml its settings, as a configuration file has them; {@code target_modules} names the
   *     layers
   * @throws dev.orthant.core.plugin.UnknownPluginException if there is no such adapter
   */
  public NetworkAdaptation adaptation(String type, String yaml) {
    return new NetworkAdaptation(catalog, catalog.adapter(type), yaml);
  }

  /**
   * Tells a network that was read from a file where its kinds of adapters come from, if that is not
   * the class path. Before it is used for the first time.
   *
   * @return the network
   * @throws dev.orthant.core.plugin.UnknownPluginException if an adapter is of no known kind
   */
  public <N extends Model> N connect(N network) {
    NetworkLayers.of(network)
        .all()
        .forEach(
            layer ->
                layer.adapted().ifPresent(a -> a.connect(catalog.adapter(a.getAdapter().type()))));
    return network;
  }

  /**
   * What a network's adapters add to the weights [dOut, dIn] of their layers, by the layers' names.
   */
  public Map<String, Delta> deltas(Model network) {
    Map<String, Delta> deltas = new LinkedHashMap<>();
    for (NetworkLayer layer : NetworkLayers.of(network).all()) {
      layer
          .adapted()
          .ifPresent(
              adapted ->
                  deltas.put(layer.name(), AdapterValues.copy(adapted, layer.table()).delta()));
    }
    return deltas;
  }

  /**
   * The network with its adapters added to the weights, as dense layers. Layers that were frozen
   * for the adapters can be trained again; they have lost their regularisation and constraints.
   */
  public <N extends Model> N folded(N network) {
    return plus(unloaded(network), deltas(network));
  }

  /** The network without its adapters, as {@link #folded} but with the weights it had before. */
  public <N extends Model> N unloaded(N network) {
    NetworkLayers<N> layers = NetworkLayers.of(network);
    Map<String, Layer> replacing = new HashMap<>();
    for (NetworkLayer layer : layers.all()) {
      replacing.put(
          layer.name(),
          layer.adapted().<Layer>map(AdaptedDenseLayer::dense).orElseGet(layer::thawed));
    }
    return layers.rebuilt(replacing, Set.of(), Optional.empty());
  }

  /**
   * A copy of a network with other parameters, such as what a merge of networks gives.
   *
   * @param tensors all of them, by the names that {@link NetworkTensors} gives them
   */
  public <N extends Model> N with(N network, TensorSource tensors) {
    N copy = NetworkLayers.of(network).rebuilt(Map.of(), Set.of(), Optional.empty());
    NetworkTensors.of(copy).overwrite(tensors);
    return copy;
  }

  /**
   * Saves a network's adapters apart from it, and with them the layers that were trained as a
   * whole: a folder in the form of Hugging Face PEFT, the modules being the layers' names. Numbers
   * are of single precision.
   *
   * @param replace whether an existing folder is replaced
   * @throws IllegalArgumentException if there are no adapters
   */
  public void save(Model network, Path folder, boolean replace) {
    NetworkAdapterFolder.write(folder, replace, NetworkLayers.of(network));
  }

  /**
   * The network that was saved by {@link #save}, as one that can be trained on.
   *
   * @param network the one that was adapted, or its like: the layers that were trained as a whole
   *     may have other values
   * @throws dev.orthant.core.checkpoint.CheckpointException if a file is missing or broken, or the
   *     adapters belong to another network
   */
  public <N extends Model> N load(Path folder, N network) {
    NetworkLayers<N> layers = NetworkLayers.of(network);
    NetworkAdapterFolder.Description description = NetworkAdapterFolder.describe(folder);
    NetworkAdapterFolder.requireBase(folder, description, layers);
    Map<String, AdaptedDenseLayer> adapted = new LinkedHashMap<>();
    description
        .adapters()
        .forEach(
            (name, adapter) ->
                adapted.put(
                    name,
                    new AdaptedDenseLayer(
                        layers.named(name).flatMap(NetworkLayer::dense).orElseThrow(),
                        adapter,
                        catalog.adapter(adapter.type()))));
    N loaded = new AdaptedNetwork<>(layers, adapted, description.trained()).built(Optional.empty());
    NetworkAdapterFolder.read(folder, description, loaded);
    return loaded;
  }

  /**
   * A copy of a network with something added to the weights of dense layers.
   *
   * @param deltas layer name to what is added to its weights [dOut, dIn]
   * @throws IllegalArgumentException if a layer is not there
   * @throws ShapeMismatchException if a delta does not have its weights' shape
   */
  public <N extends Model> N plus(N network, Map<String, ? extends Delta> deltas) {
    NetworkLayers<N> copy =
        NetworkLayers.of(NetworkLayers.of(network).rebuilt(Map.of(), Set.of(), Optional.empty()));
    NetworkSites sites = new NetworkSites(copy);
    deltas.forEach(
        (name, delta) -> {
          long[] shape = sites.baseWeights(name).shape();
          if (!Arrays.equals(shape, delta.shape())) {
            throw new ShapeMismatchException(name, shape, delta.shape());
          }
          INDArray weights = AdapterValues.weights(copy.named(name).orElseThrow().table());
          weights.addi(delta.dense().castTo(weights.dataType()));
        });
    return copy.network();
  }
}
