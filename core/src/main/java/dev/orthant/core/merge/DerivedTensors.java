package dev.orthant.core.merge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.CheckpointWriter;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.TensorInfo;
import dev.orthant.core.checkpoint.TensorSource;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * A model some of whose tensors are computed when they are read; the others are another model's.
 */
public sealed interface DerivedTensors extends TensorSource
    permits AdaptedTensors, FoldedTensors, MergedTensors {

  /** The names of the tensors that are computed, in the order of the model. */
  Set<String> changed();

  /**
   * Writes a model folder, one tensor at a time: computed tensors in the element type that they
   * have in {@code model}, everything else, configuration and tokenizer included, copied from there
   * byte for byte. The folder appears complete or not at all.
   *
   * @param model the base, or the first input of a merge without one; it has to be open
   * @param texts further files, by name
   * @param replace whether an existing folder is replaced
   * @throws dev.orthant.core.checkpoint.CheckpointException if it cannot be written
   */
  default void write(
      HuggingFaceCheckpoint model, Map<String, String> texts, Path folder, boolean replace) {
    ObjectNode config = model.config();
    if (this instanceof AdaptedTensors adapted && adapted.untiesOutput()) {
      config.put("tie_word_embeddings", false);
    }
    CheckpointWriter writer = new CheckpointWriter(config).tokenizerOf(model.folder());
    texts.forEach(writer::text);
    for (String name : names()) {
      if (changed().contains(name)) {
        TensorInfo info = info(name);
        writer.add(name, info.dtype(), info.shape(), () -> read(name));
      } else {
        writer.copy(model, name);
      }
    }
    writer.write(folder, replace);
  }
}
