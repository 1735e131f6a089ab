package dev.orthant.core.nn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.SafetensorsWriter;
import dev.orthant.core.family.Architectures;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.plugin.PluginDiscovery;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.testing.Golden;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.Encoded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A tiny random model of {@code reference/families/make_tiny_models.py}. */
public final class TinyModel {

  private final Golden golden;

  /**
   * @param name such as {@code llama3}
   */
  public TinyModel(String name) {
    golden = Golden.load(TinyModel.class, "/reference/families/tiny_" + name + ".json");
  }

  Golden golden() {
    return golden;
  }

  /** The tensors by name. */
  public Map<String, INDArray> weights() {
    return tensors("weights");
  }

  /** The tensors of an object, by name. */
  Map<String, INDArray> tensors(String... path) {
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    golden
        .at(path)
        .fieldNames()
        .forEachRemaining(
            name -> {
              List<String> full = new ArrayList<>(List.of(path));
              full.add(name);
              tensors.put(name, golden.tensor(full.toArray(String[]::new)));
            });
    return tensors;
  }

  /** The contents of {@code config.json}. */
  public ObjectNode config() {
    return golden.at("config").deepCopy();
  }

  /** Writes a model folder. */
  public void write(Path folder, Map<String, INDArray> weights, Dtype dtype) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), config().toString());
    SafetensorsWriter writer = new SafetensorsWriter();
    weights.forEach((name, tensor) -> writer.add(name, dtype, tensor.shape(), () -> tensor));
    writer.write(folder.resolve("model.safetensors"));
  }

  /** The model of a folder, by the families on the class path. */
  public static Transformer load(Path folder) {
    return load(folder, LoadSettings.defaults());
  }

  /** The same with settings. */
  static Transformer load(Path folder, LoadSettings settings) {
    ClassLoader loader = TinyModel.class.getClassLoader();
    Catalog catalog = new Catalog(new PluginDiscovery(loader, List.of()).discover(), List.of());
    try (HuggingFaceCheckpoint checkpoint = HuggingFaceCheckpoint.open(folder)) {
      return new Architectures(catalog).load(checkpoint, settings);
    }
  }

  /** The modules that have an adapter, in the order of the forward pass. */
  List<String> modules() {
    List<String> modules = new ArrayList<>();
    golden.at("adapters").fieldNames().forEachRemaining(modules::add);
    return modules;
  }

  /** LoRA on every linear layer. */
  AdapterSet adapters() {
    Map<String, Adapter> adapters = new LinkedHashMap<>();
    for (String module : modules()) {
      adapters.put(
          module,
          new FactorAdapter(
              golden.tensor("adapters", module, "a"),
              golden.tensor("adapters", module, "b"),
              golden.at("scaling").asDouble(),
              0));
    }
    return new AdapterSet(adapters);
  }

  /** The sequences. */
  public Batch batch() {
    List<Encoded> sequences = new ArrayList<>();
    for (JsonNode ids : golden.at("token_ids")) {
      int[] values = new int[ids.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = ids.get(i).intValue();
      }
      sequences.add(new Encoded(values, new int[values.length]));
    }
    return Batch.of(sequences);
  }

  /** Whole numbers of an array. */
  float[] numbers(String field) {
    JsonNode node = golden.at(field);
    float[] values = new float[node.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = node.get(i).intValue();
    }
    return values;
  }
}
