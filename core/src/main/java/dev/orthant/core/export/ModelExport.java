package dev.orthant.core.export;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.AtomicFolder;
import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.OnnxWriter;
import dev.orthant.core.checkpoint.SafetensorsWriter;
import dev.orthant.core.checkpoint.TokenizerFiles;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.merge.FoldedTensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a model, with an adapter summed into its weights and with a head if it has one, for
 * programs that know nothing of adapters.
 */
public final class ModelExport {

  /** The graph in a folder of {@link ExportFormat#ONNX}. */
  public static final String ONNX_FILE = "model.onnx";

  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.safetensors";
  private static final String HEAD = "head.safetensors";
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final HuggingFaceCheckpoint base;
  private final FoldedTensors tensors;
  private final String prefix;
  private final @Nullable ExportedHead head;

  /**
   * @param base the model; it has to stay open
   * @param deltas module path to what is added to its weights; may be empty
   * @param prefix what stands before module paths in a model with a head, such as {@code bert.}
   * @param head what is exported with it, or null for the model alone
   * @throws IllegalArgumentException if the model lacks the weights of some modules
   */
  public ModelExport(
      HuggingFaceCheckpoint base,
      Map<String, ? extends Delta> deltas,
      String prefix,
      @Nullable ExportedHead head) {
    this.base = requireNonNull(base, "base");
    this.tensors = FoldedTensors.of(base, deltas);
    this.prefix = requireNonNull(prefix, "prefix");
    this.head = head;
  }

  /**
   * Writes a folder, which appears complete or not at all.
   *
   * @param replace whether an existing folder is replaced
   * @throws CheckpointException if the format cannot hold the model, or the folder cannot be
   *     written
   */
  public void write(ExportFormat format, Path folder, boolean replace) {
    switch (format) {
      case SAFETENSORS -> safetensors(folder, replace);
      case ONNX -> onnx(folder, replace);
    }
  }

  /**
   * As {@code transformers} reads it. Tensors that no delta changes are copied byte for byte, and
   * the others keep their element type. With a head that {@code transformers} knows it is a model
   * for sequence classification; another one is written beside it, as {@code head.safetensors}.
   */
  private void safetensors(Path folder, boolean replace) {
    SafetensorsWriter weights = new SafetensorsWriter().metadata("format", "pt");
    String before = head != null && head.module().isPresent() ? prefix : "";
    for (String name : tensors.names()) {
      String there = name.startsWith(before) ? name : before + name;
      if (tensors.changed().contains(name)) {
        weights.add(
            there, base.info(name).dtype(), base.info(name).shape(), () -> tensors.read(name));
      } else {
        weights.copy(there, base.fileOf(name), name);
      }
    }
    ExportedHead with = head;
    AtomicFolder.write(
        folder,
        replace,
        into -> {
          if (with != null && with.module().isPresent()) {
            String path = with.module().get() + ".";
            with.tensors().forEach((name, tensor) -> weights.add(path + name, tensor));
          } else if (with != null) {
            headFile(with).write(into.resolve(HEAD));
          }
          weights.write(into.resolve(WEIGHTS));
          Files.writeString(into.resolve(CONFIG), text(config()));
          TokenizerFiles.copy(base.folder(), into);
        });
  }

  private static SafetensorsWriter headFile(ExportedHead head) {
    SafetensorsWriter file = new SafetensorsWriter().metadata("format", "pt");
    file.metadata("kind", head.kind()).metadata("labels", String.join("\n", head.labels()));
    head.tensors().forEach(file::add);
    return file;
  }

  /**
   * As ONNX Runtime runs it: inputs {@code input_ids}, {@code attention_mask} and, for BERT, {@code
   * token_type_ids} [batch, sequence]; the output is {@code last_hidden_state} [batch, sequence,
   * hidden], or {@code logits} [batch, outputs] with a head.
   */
  private void onnx(Path folder, boolean replace) {
    AtomicFolder.requireFree(folder, replace);
    OnnxWriter graph;
    try {
      BertGraph.Layout layout = BertGraph.Layout.of(base.config());
      graph =
          head == null
              ? BertGraph.encoder(layout, tensors)
              : BertGraph.classifier(layout, tensors, head);
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(
          base.folder(), "cannot be exported as ONNX: " + e.getMessage(), e);
    }
    AtomicFolder.write(
        folder,
        replace,
        into -> {
          graph.write(into.resolve(ONNX_FILE));
          Files.writeString(into.resolve(CONFIG), text(config()));
          TokenizerFiles.copy(base.folder(), into);
        });
  }

  /** The base model's, and what a head of {@code transformers} makes of it. */
  private ObjectNode config() {
    ObjectNode config = base.config();
    if (head == null || head.module().isEmpty()) {
      return config;
    }
    String architecture = config.path("architectures").path(0).asText("BertModel");
    config
        .putArray("architectures")
        .add(architecture.replaceFirst("(Model|For[A-Z]\\w*)$", "") + "ForSequenceClassification");
    ObjectNode names = config.putObject("id2label");
    ObjectNode indices = config.putObject("label2id");
    if (head.labels().isEmpty()) {
      names.put("0", "LABEL_0");
      indices.put("LABEL_0", 0);
      config.put("problem_type", "regression");
    }
    for (int i = 0; i < head.labels().size(); i++) {
      names.put(Integer.toString(i), head.labels().get(i));
      indices.put(head.labels().get(i), i);
    }
    return config;
  }

  private static String text(ObjectNode json) {
    try {
      return JSON.writeValueAsString(json) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
