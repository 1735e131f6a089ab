package dev.orthant.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.CheckpointWriter;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Model folders of a few numbers. */
final class Folders {

  private Folders() {}

  static ObjectNode config() {
    return JsonNodeFactory.instance.objectNode().put("model_type", "tiny");
  }

  static Path write(Path folder, ObjectNode config, Map<String, INDArray> tensors) {
    CheckpointWriter writer = new CheckpointWriter(config);
    tensors.forEach((name, array) -> writer.add(name, Dtype.F32, array.shape(), () -> array));
    writer.write(folder, true);
    return folder;
  }

  /** Every tensor is full of one number, which depends on the model and the tensor's place. */
  static Path layered(Path folder, int layers, double value) {
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    tensors.put("model.embed_tokens.weight", full(value, 4, 3));
    for (int i = 0; i < layers; i++) {
      tensors.put("model.layers." + i + ".mlp.up.weight", full(value + i, 3, 3));
      tensors.put("model.layers." + i + ".attn.q.weight", full(value + i + 0.5, 3, 3));
    }
    tensors.put("model.norm.weight", full(value, 3));
    return write(folder, config().put("num_hidden_layers", layers), tensors);
  }

  static INDArray full(double value, long... shape) {
    return Nd4j.valueArrayOf(shape, value, DataType.FLOAT);
  }

  /** The first number of each tensor. */
  static Map<String, Double> firsts(Path folder) {
    Map<String, Double> firsts = new LinkedHashMap<>();
    try (HuggingFaceCheckpoint model = HuggingFaceCheckpoint.open(folder)) {
      model.names().forEach(name -> firsts.put(name, model.read(name).getDouble(0)));
    }
    return firsts;
  }
}
