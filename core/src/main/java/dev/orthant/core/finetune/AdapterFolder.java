package dev.orthant.core.finetune;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.orthant.core.checkpoint.AtomicFile;
import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.PeftAdapter;
import dev.orthant.core.checkpoint.PeftAdapterBuilder;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.checkpoint.SafetensorsFile;
import dev.orthant.core.checkpoint.SafetensorsWriter;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.Head;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterExport;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A trained adapter on disk: PEFT's {@code adapter_config.json} and {@code
 * adapter_model.safetensors}, and beside them {@code head.safetensors}, {@code orthant.json} and,
 * where PEFT's form is not the one that was trained (MoSLoRA is folded), {@code
 * adapter_state.safetensors} with every parameter.
 *
 * <p>Where Hugging Face's models of the family have such a head the adapter is one of SEQ_CLS,
 * whose head is in PEFT's file too; otherwise it is one of FEATURE_EXTRACTION, and only {@code
 * head.safetensors} has the head.
 */
public final class AdapterFolder {

  private static final String DESCRIPTION = "orthant.json";
  private static final String HEAD = "head.safetensors";
  static final String STATE = "adapter_state.safetensors";

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

  private AdapterFolder() {}

  /** Whether a folder has an adapter of ours. */
  public static boolean isAt(Path folder) {
    return Files.isRegularFile(folder.resolve(DESCRIPTION));
  }

  /**
   * Writes into a folder that exists.
   *
   * @param baseModel name or path that PEFT is told as the base
   */
  public static void writeInto(
      Path folder,
      AdapterDescription description,
      String baseModel,
      Transformer model,
      AdapterSet adapters,
      Head head) {
    String prefix = head.isPrefixed() ? model.prefix() : "";
    Map<String, AdapterExport> exports = new LinkedHashMap<>();
    adapters.byModule().forEach((module, a) -> exports.put(headed(prefix, module), a.export()));
    PeftAdapterBuilder builder =
        new PeftAdapterBuilder()
            .taskType(head.taskType())
            .baseModel(baseModel)
            .baseModules(model.sites().stream().map(s -> headed(prefix, s.module())).toList());
    head.module().ifPresent(path -> builder.saved(List.of(path), headTensors(path + ".", head)));
    PeftAdapterFolder.writeInto(folder, builder.fromExports(exports));
    SafetensorsWriter tensors = new SafetensorsWriter().metadata("format", "pt");
    headTensors("", head).forEach(tensors::add);
    tensors.write(folder.resolve(HEAD));
    writeState(folder.resolve(STATE), adapters);
    AtomicFile.write(folder.resolve(DESCRIPTION), json(description));
  }

  /**
   * Reads a folder.
   *
   * @param model the base model, whose module paths the deltas get
   * @throws CheckpointException if a file is missing or broken
   */
  public static SavedAdapter read(Path folder, Transformer model) {
    AdapterDescription description = describe(folder);
    PeftAdapter peft = PeftAdapterFolder.read(folder);
    List<String> modules = model.sites().stream().map(Site::module).toList();
    Map<String, Delta> deltas = peft.deltas(modules, model::baseWeights);
    return new SavedAdapter(description, deltas, readHead(folder));
  }

  /**
   * Reads the parameters of a folder's head, by name.
   *
   * @throws CheckpointException if the file is missing or broken
   */
  public static Map<String, INDArray> readHead(Path folder) {
    try (SafetensorsFile head = SafetensorsFile.open(folder.resolve(HEAD))) {
      Map<String, INDArray> tensors = new LinkedHashMap<>();
      head.names().forEach(name -> tensors.put(name, head.read(name)));
      return tensors;
    }
  }

  /**
   * Reads what {@code orthant.json} says.
   *
   * @throws CheckpointException if it is missing or broken
   */
  public static AdapterDescription describe(Path folder) {
    Path file = folder.resolve(DESCRIPTION);
    if (!Files.isRegularFile(file)) {
      throw new CheckpointException(folder, "has no " + DESCRIPTION + ": Orthant did not train it");
    }
    try {
      return JSON.readValue(file.toFile(), AdapterDescription.class);
    } catch (JsonProcessingException e) {
      throw new CheckpointException(file, "cannot be understood: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private static void writeState(Path file, AdapterSet adapters) {
    boolean exportedWhole = adapters.byModule().values().stream().allMatch(AdapterFolder::isWhole);
    if (exportedWhole) {
      return;
    }
    SafetensorsWriter state = new SafetensorsWriter().metadata("format", "orthant-state");
    adapters
        .byModule()
        .forEach(
            (module, adapter) ->
                adapter.parameters().forEach(p -> state.add(module + "." + p.name(), p.value())));
    state.write(file);
  }

  /** Whether PEFT's tensors are the adapter's parameters. */
  private static boolean isWhole(Adapter adapter) {
    Set<String> parameters =
        adapter.parameters().stream().map(Parameter::name).collect(Collectors.toSet());
    Set<String> exported =
        adapter.export().tensors().keySet().stream()
            .map(key -> key.replaceFirst("\\.weight$", ""))
            .collect(Collectors.toSet());
    return exported.equals(parameters);
  }

  private static Map<String, INDArray> headTensors(String prefix, Head head) {
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    for (Parameter p : head.parameters()) {
      tensors.put(prefix + p.name(), p.value());
    }
    return tensors;
  }

  /** A module's path in a model with a classification head, whose prefix is given. */
  private static String headed(String prefix, String module) {
    return module.startsWith(prefix) ? module : prefix + module;
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
