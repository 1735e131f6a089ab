package dev.orthant.core.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.OnnxGraph.Node;
import dev.orthant.core.checkpoint.OnnxGraph.Tensor;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Finds Hugging Face's names, shapes and configuration of a BERT encoder in an ONNX graph. */
final class OnnxBert {

  /*
   * PyTorch's exporter keeps the names of embeddings, LayerNorms and biases, but folds the
   * transposition of a Linear weight into an anonymous initialiser (onnx::MatMul_123, [in, out]).
   * Such a weight is named by its use: the product's result is added to "<module>.bias"; without a
   * bias, the product's node is called "/<module with slashes>/MatMul".
   */

  private final OnnxGraph graph;
  private final Map<String, Weight> weights = new LinkedHashMap<>();

  /**
   * @param transposed whether the file holds [in, out]
   */
  private record Weight(Tensor tensor, boolean transposed) {

    long[] shape() {
      long[] s = tensor.shape();
      return transposed ? new long[] {s[1], s[0]} : s;
    }
  }

  /**
   * @throws CheckpointException if the graph is not that of a single-precision BERT encoder
   */
  OnnxBert(OnnxGraph graph) {
    this.graph = graph;
    nameLinearWeights();
    for (Tensor tensor : graph.initialisers().values()) {
      boolean anonymous = tensor.name().contains("::") || !tensor.name().contains(".");
      boolean taken = weights.values().stream().anyMatch(w -> w.tensor() == tensor);
      if (tensor.isFloat() && !anonymous && !taken) {
        weights.put(withoutPrefix(tensor.name()), new Weight(tensor, false));
      }
    }
    requireComplete();
  }

  private void nameLinearWeights() {
    Map<String, String> moduleOfProduct = new HashMap<>();
    for (Node node : graph.nodes()) {
      if (node.operator().equals("Add") && node.inputs().size() == 2) {
        for (int i = 0; i < 2; i++) {
          String bias = node.inputs().get(i);
          if (bias.endsWith(".bias") && graph.initialisers().containsKey(bias)) {
            moduleOfProduct.put(
                node.inputs().get(1 - i), bias.substring(0, bias.length() - ".bias".length()));
          }
        }
      }
    }
    for (Node node : graph.nodes()) {
      if (!node.operator().equals("MatMul") || node.inputs().size() != 2) {
        continue;
      }
      Tensor weight = graph.initialisers().get(node.inputs().get(1));
      if (weight != null && weight.isFloat() && weight.shape().length == 2) {
        String module = moduleOfProduct.get(node.outputs().get(0));
        module = module != null ? module : pathOf(node.name());
        weights.put(withoutPrefix(module) + ".weight", new Weight(weight, true));
      }
    }
  }

  private static String pathOf(String node) {
    int end = node.lastIndexOf('/');
    return node.substring(node.startsWith("/") ? 1 : 0, Math.max(end, 1)).replace('/', '.');
  }

  private static String withoutPrefix(String name) {
    return name.startsWith("bert.") ? name.substring("bert.".length()) : name;
  }

  private void requireComplete() {
    BertLayout.tensors(layers()).forEach(this::requireWeight);
    if (graph.nodes().stream().noneMatch(n -> n.operator().equals("Erf"))) {
      throw new CheckpointException(
          graph.file(), "has no Erf operation; BERT encoders with the exact GELU can be imported");
    }
  }

  private void requireWeight(String name) {
    if (!weights.containsKey(name)) {
      throw notBert(name);
    }
  }

  private CheckpointException notBert(String missing) {
    boolean quantised = graph.nodes().stream().anyMatch(n -> n.operator().contains("Integer"));
    return new CheckpointException(
        graph.file(),
        "has no single-precision '%s'; %s"
            .formatted(
                missing,
                quantised
                    ? "it is quantised, import the file in single precision instead"
                    : "BERT encoders exported from PyTorch can be imported"));
  }

  private int layers() {
    return BertLayout.layers(weights.keySet());
  }

  /** The configuration as Hugging Face's BertModel writes it. */
  ObjectNode config() {
    long hidden = shape("embeddings.word_embeddings.weight")[1];
    return BertLayout.config("BertModel", layers(), heads(hidden), layerNormEpsilon(), this::shape);
  }

  private long[] shape(String name) {
    return weight(name).shape();
  }

  private Weight weight(String name) {
    Weight weight = weights.get(name);
    if (weight == null) {
      throw notBert(name);
    }
    return weight;
  }

  /** The product is reshaped to [batch, tokens, heads, hidden / heads]; those are constants. */
  private long heads(long hidden) {
    Map<String, Node> producer = new HashMap<>();
    graph.nodes().forEach(n -> n.outputs().forEach(o -> producer.put(o, n)));
    for (Node node : graph.nodes()) {
      if (node.operator().equals("Reshape") && node.inputs().size() == 2) {
        long[] last = lastTwo(node.inputs().get(1), producer);
        if (last != null && last[0] > 0 && last[1] > 0 && last[0] * last[1] == hidden) {
          return last[0];
        }
      }
    }
    throw new CheckpointException(
        graph.file(), "does not tell the number of attention heads: no Reshape has it");
  }

  private long @Nullable [] lastTwo(String shapeName, Map<String, Node> producer) {
    Tensor constant = graph.value(shapeName);
    if (constant != null && constant.isLong() && constant.elements() == 4) {
      return new long[] {constant.bytes().getLong(16), constant.bytes().getLong(24)};
    }
    Node concat = producer.get(shapeName);
    if (concat == null || !concat.operator().equals("Concat") || concat.inputs().size() != 4) {
      return null;
    }
    Tensor heads = graph.value(concat.inputs().get(2));
    Tensor size = graph.value(concat.inputs().get(3));
    if (heads == null || size == null || !heads.isLong() || !size.isLong()) {
      return null;
    }
    return new long[] {heads.bytes().getLong(0), size.bytes().getLong(0)};
  }

  /** A scalar added to a mean, or the attribute of LayerNormalization. */
  private double layerNormEpsilon() {
    Map<String, String> operatorOf = new HashMap<>();
    for (Node node : graph.nodes()) {
      node.outputs().forEach(o -> operatorOf.put(o, node.operator()));
      Double attribute = node.numbers().get("epsilon");
      if (node.operator().equals("LayerNormalization") && attribute != null) {
        return decimal(attribute.floatValue());
      }
      if (node.operator().equals("Add")
          && node.inputs().size() == 2
          && "ReduceMean".equals(operatorOf.get(node.inputs().get(0)))) {
        Tensor epsilon = graph.value(node.inputs().get(1));
        if (epsilon != null && epsilon.isFloat() && epsilon.elements() == 1) {
          return decimal(epsilon.bytes().getFloat(0));
        }
      }
    }
    throw new CheckpointException(graph.file(), "does not tell the epsilon of its LayerNorms");
  }

  /** The decimal number that a single-precision one was written as. */
  private static double decimal(float value) {
    return Double.parseDouble(Float.toString(value));
  }

  /** Adds all weights, transposed where needed; they are read while the file is written. */
  void addTo(CheckpointWriter writer) {
    weights.forEach(
        (name, weight) -> writer.add(name, Dtype.F32, weight.shape(), () -> array(weight)));
  }

  private static INDArray array(Weight weight) {
    long[] shape = weight.shape();
    ByteBuffer bytes = weight.tensor().bytes();
    if (!weight.transposed()) {
      return ArrayTransfer.read(
          shape,
          (into, count) -> Elements.toFloats(Dtype.F32, advance(bytes, 4 * count), into, count));
    }
    return Transposed.read(bytes.asFloatBuffer(), shape);
  }

  private static ByteBuffer advance(ByteBuffer bytes, int count) {
    ByteBuffer part = bytes.slice().order(bytes.order()).limit(count);
    bytes.position(bytes.position() + count);
    return part;
  }
}
