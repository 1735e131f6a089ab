package dev.orthant.core.dl4j;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.orthant.core.checkpoint.AtomicFile;
import dev.orthant.core.checkpoint.AtomicFolder;
import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.PeftAdapterBuilder;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.checkpoint.SafetensorsFile;
import dev.orthant.core.checkpoint.SafetensorsWriter;
import dev.orthant.core.spi.AdapterExport;
import dev.orthant.core.spi.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network's adapters on disk: {@code adapter_config.json} and {@code adapter_model.safetensors}
 * in PEFT's form, the modules being the layers' names; {@code network_adapter.json}, which says how
 * to make them again; and {@code network_state.safetensors}, every array of the adapters and of the
 * layers that were trained as a whole, in single precision.
 */
final class NetworkAdapterFolder {

  private static final String DESCRIPTION = "network_adapter.json";
  private static final String STATE = "network_state.safetensors";

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

  private NetworkAdapterFolder() {}

  /**
   * What is said of a network's adapters.
   *
   * @param base the fingerprint of the layers that were not trained
   * @param adapters layer name to adapter
   * @param trained names of the layers that were trained as a whole
   */
  record Description(String base, Map<String, LayerAdapter> adapters, Set<String> trained) {

    /** Copies both collections, keeping the order. */
    Description {
      adapters = new LinkedHashMap<>(adapters);
      trained = new TreeSet<>(trained);
    }
  }

  /** Writes the folder of an adapted network; complete, or not at all. */
  static void write(Path folder, boolean replace, NetworkLayers<?> layers) {
    Map<String, LayerAdapter> adapters = new LinkedHashMap<>();
    Map<String, AdapterExport> exports = new LinkedHashMap<>();
    Set<String> trained = new TreeSet<>();
    SafetensorsWriter state = new SafetensorsWriter().metadata("format", "orthant-state");
    for (NetworkLayer layer : layers.all()) {
      if (layer.adapted().isPresent()) {
        AdaptedDenseLayer adapted = layer.adapted().get();
        adapters.put(layer.name(), adapted.getAdapter());
        exports.put(layer.name(), AdapterValues.copy(adapted, layer.table()).export());
      } else if (!Freezing.isFrozen(layer.configuration()) && !layer.table().isEmpty()) {
        trained.add(layer.name());
      }
      state(layer, trained).forEach((name, array) -> state.add(name, single(array)));
    }
    if (adapters.isEmpty()) {
      throw new IllegalArgumentException("the network has no adapters to save");
    }
    Description description = new Description(base(layers, trained), adapters, trained);
    List<String> modules = new NetworkSites(layers).sites().stream().map(Site::module).toList();
    AtomicFolder.write(
        folder,
        replace,
        into -> {
          PeftAdapterFolder.writeInto(
              into, new PeftAdapterBuilder().baseModules(modules).fromExports(exports));
          state.write(into.resolve(STATE));
          AtomicFile.write(into.resolve(DESCRIPTION), json(description));
        });
  }

  /**
   * What a folder says.
   *
   * @throws CheckpointException if there is no such file, or it is broken
   */
  static Description describe(Path folder) {
    Path file = folder.resolve(DESCRIPTION);
    if (!Files.isRegularFile(file)) {
      throw new CheckpointException(
          folder, "has no " + DESCRIPTION + ": it does not hold adapters of a network");
    }
    try {
      return JSON.readValue(file.toFile(), Description.class);
    } catch (JsonProcessingException e) {
      throw new CheckpointException(file, "cannot be understood: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /**
   * Refuses a network that the adapters were not trained on.
   *
   * @throws CheckpointException naming the layers that are missing, or telling that weights differ
   */
  static void requireBase(Path folder, Description description, NetworkLayers<?> layers) {
    Path file = folder.resolve(DESCRIPTION);
    Set<String> missing = new TreeSet<>(description.adapters().keySet());
    missing.addAll(description.trained());
    layers.all().forEach(layer -> missing.remove(layer.name()));
    if (!missing.isEmpty()) {
      throw new CheckpointException(
          file,
          "is of layers %s, which the network lacks; it has %s"
              .formatted(missing, layers.all().stream().map(NetworkLayer::name).toList()));
    }
    if (!base(layers, description.trained()).equals(description.base())) {
      throw new CheckpointException(
          file,
          "is of a network with other weights; put the adapters on the one they were trained on");
    }
  }

  /** Overwrites what the network trained by what the folder has. */
  static void read(Path folder, Description description, Model network) {
    try (SafetensorsFile state = SafetensorsFile.open(folder.resolve(STATE))) {
      for (NetworkLayer layer : NetworkLayers.of(network).all()) {
        state(layer, description.trained())
            .forEach((name, array) -> array.assign(state.read(name)));
      }
    }
  }

  /** The arrays of a layer that are not the base's, by their names in the file. */
  private static Map<String, INDArray> state(NetworkLayer layer, Set<String> trained) {
    Map<String, INDArray> arrays = new LinkedHashMap<>();
    Set<String> base = layer.baseTable().keySet();
    layer
        .table()
        .forEach(
            (key, array) -> {
              if (trained.contains(layer.name()) || !base.contains(key)) {
                arrays.put(layer.name() + "." + key, array);
              }
            });
    return arrays;
  }

  private static String base(NetworkLayers<?> layers, Set<String> trained) {
    return Fingerprint.of(layers, layer -> !trained.contains(layer.name()));
  }

  private static INDArray single(INDArray array) {
    return array.castTo(DataType.FLOAT).dup('c');
  }

  private static String json(Description description) {
    try {
      return JSON.writeValueAsString(description) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
