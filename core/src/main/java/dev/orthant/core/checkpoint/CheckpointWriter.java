package dev.orthant.core.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Writes a model folder in Hugging Face's layout, tensor by tensor, so that one at a time is in
 * memory.
 *
 * <pre>{@code
 * new CheckpointWriter(base.config())
 *     .add("encoder.layer.0.output.dense.weight", Dtype.F32, shape, () -> merged)
 *     .copy(base, "embeddings.LayerNorm.weight")
 *     .tokenizerOf(base.folder())
 *     .write(folder, false);
 * }</pre>
 */
public final class CheckpointWriter {

  private final JsonNode config;
  private final SafetensorsWriter tensors = new SafetensorsWriter().metadata("format", "pt");
  private final Map<String, String> texts = new LinkedHashMap<>();
  private @Nullable Path tokenizerFolder;

  /**
   * @param config the contents of {@code config.json}
   */
  public CheckpointWriter(JsonNode config) {
    this.config = config.deepCopy();
  }

  /** Adds a tensor that is made when its turn to be written comes. */
  public CheckpointWriter add(String name, Dtype dtype, long[] shape, Supplier<INDArray> array) {
    tensors.add(name, dtype, shape, array);
    return this;
  }

  /** Adds a tensor of another checkpoint unchanged; it has to stay open. */
  public CheckpointWriter copy(HuggingFaceCheckpoint from, String name) {
    tensors.copy(name, from.fileOf(name), name);
    return this;
  }

  /** Free text for the header of the weights. */
  public CheckpointWriter metadata(String key, String value) {
    tensors.metadata(key, value);
    return this;
  }

  /** Copies the tokenizer's files, those there are, from another model's folder. */
  public CheckpointWriter tokenizerOf(Path folder) {
    this.tokenizerFolder = folder;
    return this;
  }

  /** Adds a text file, such as a tokenizer or a model card. */
  public CheckpointWriter text(String fileName, String contents) {
    texts.put(fileName, contents);
    return this;
  }

  /**
   * Writes the folder; it appears complete or not at all.
   *
   * @param replace whether an existing folder is replaced
   * @throws CheckpointException if it cannot be written
   */
  public void write(Path folder, boolean replace) {
    AtomicFolder.write(
        folder,
        replace,
        into -> {
          tensors.write(into.resolve(HuggingFaceCheckpoint.WEIGHTS));
          if (tokenizerFolder != null) {
            TokenizerFiles.copy(tokenizerFolder, into);
          }
          for (Map.Entry<String, String> text : texts.entrySet()) {
            Files.writeString(into.resolve(text.getKey()), text.getValue());
          }
          Files.writeString(
              into.resolve(HuggingFaceCheckpoint.CONFIG), StrictJson.pretty(config) + "\n");
        });
  }
}
