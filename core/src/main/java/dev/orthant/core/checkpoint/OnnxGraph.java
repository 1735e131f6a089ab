package dev.orthant.core.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * As much of an ONNX model as its weights need: tensors with values and the nodes that use them.
 *
 * @param file for messages
 * @param initialisers name to tensor, in the file's order
 * @param constants the value of every Constant node, by the name of its output
 * @param nodes in the file's order, which is topological
 */
record OnnxGraph(
    Path file, Map<String, Tensor> initialisers, Map<String, Tensor> constants, List<Node> nodes) {

  // field numbers of onnx.proto3
  private static final int MODEL_GRAPH = 7;
  private static final int GRAPH_NODE = 1;
  private static final int GRAPH_INITIALISER = 5;
  private static final int NODE_INPUT = 1;
  private static final int NODE_OUTPUT = 2;
  private static final int NODE_NAME = 3;
  private static final int NODE_OPERATOR = 4;
  private static final int NODE_ATTRIBUTE = 5;
  private static final int ATTRIBUTE_NAME = 1;
  private static final int ATTRIBUTE_FLOAT = 2;
  private static final int ATTRIBUTE_INT = 3;
  private static final int ATTRIBUTE_TENSOR = 5;
  private static final int TENSOR_DIMS = 1;
  private static final int TENSOR_TYPE = 2;
  private static final int TENSOR_FLOATS = 4;
  private static final int TENSOR_LONGS = 7;
  private static final int TENSOR_NAME = 8;
  private static final int TENSOR_RAW = 9;
  private static final int TENSOR_LOCATION = 14;

  /**
   * One operation.
   *
   * @param numbers its attributes that are one number
   */
  record Node(
      String name,
      String operator,
      List<String> inputs,
      List<String> outputs,
      Map<String, Double> numbers) {}

  /**
   * Values of some shape.
   *
   * @param type ONNX's number of the element type
   * @param data elements in little-endian order; null if they are in another file
   */
  record Tensor(String name, long[] shape, int type, @Nullable ByteBuffer data) {

    private static final int FLOAT = 1;
    private static final int LONG = 7;

    boolean isFloat() {
      return type == FLOAT;
    }

    boolean isLong() {
      return type == LONG;
    }

    /** Elements by the shape; overflow is an error. */
    long elements() {
      long n = 1;
      for (long d : shape) {
        n = Math.multiplyExact(n, d);
      }
      return n;
    }

    /** The elements' bytes, from the first one on. */
    ByteBuffer bytes() {
      if (data == null) {
        throw new IllegalStateException("tensor '" + name + "' has no data");
      }
      return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /**
   * Reads a model.
   *
   * @param file for messages
   * @throws CheckpointException if it is no ONNX model, or its weights are kept in other files
   */
  static OnnxGraph parse(Path file, ByteBuffer bytes) {
    ProtobufMessage graph = null;
    ProtobufMessage model = new ProtobufMessage(file, "an ONNX model", bytes);
    while (model.next()) {
      if (model.field() == MODEL_GRAPH) {
        graph = model.message();
      }
    }
    if (graph == null) {
      throw new CheckpointException(file, "is not an ONNX model: it has no graph");
    }
    OnnxGraph result =
        new OnnxGraph(file, new LinkedHashMap<>(), new LinkedHashMap<>(), new ArrayList<>());
    while (graph.next()) {
      if (graph.field() == GRAPH_NODE) {
        result.addNode(graph.message());
      } else if (graph.field() == GRAPH_INITIALISER) {
        Tensor tensor = tensor(file, graph.message());
        result.initialisers.put(tensor.name(), tensor);
      }
    }
    return result;
  }

  /** The value of an initialiser or a constant, or null. */
  @Nullable Tensor value(String name) {
    Tensor initialiser = initialisers.get(name);
    return initialiser != null ? initialiser : constants.get(name);
  }

  private void addNode(ProtobufMessage message) {
    String name = "";
    String operator = "";
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    Map<String, Double> numbers = new LinkedHashMap<>();
    Tensor value = null;
    while (message.next()) {
      switch (message.field()) {
        case NODE_INPUT -> inputs.add(message.text());
        case NODE_OUTPUT -> outputs.add(message.text());
        case NODE_NAME -> name = message.text();
        case NODE_OPERATOR -> operator = message.text();
        case NODE_ATTRIBUTE -> {
          Tensor attribute = attribute(message.message(), numbers);
          value = attribute != null ? attribute : value;
        }
        default -> {}
      }
    }
    nodes.add(new Node(name, operator, inputs, outputs, numbers));
    if (operator.equals("Constant") && value != null && !outputs.isEmpty()) {
      constants.put(outputs.get(0), value);
    }
  }

  private @Nullable Tensor attribute(ProtobufMessage message, Map<String, Double> numbers) {
    String name = "";
    Double number = null;
    Tensor tensor = null;
    while (message.next()) {
      switch (message.field()) {
        case ATTRIBUTE_NAME -> name = message.text();
        case ATTRIBUTE_FLOAT -> number = (double) message.bytes().getFloat();
        case ATTRIBUTE_INT -> number = (double) message.number();
        case ATTRIBUTE_TENSOR -> tensor = tensor(file, message.message());
        default -> {}
      }
    }
    if (number != null) {
      numbers.put(name, number);
    }
    return tensor;
  }

  private static Tensor tensor(Path file, ProtobufMessage message) {
    String name = "";
    int type = 0;
    long[] shape = {};
    List<ByteBuffer> pieces = new ArrayList<>();
    boolean external = false;
    while (message.next()) {
      switch (message.field()) {
        case TENSOR_DIMS -> shape = concat(shape, message.numbers());
        case TENSOR_TYPE -> type = (int) message.number();
        case TENSOR_NAME -> name = message.text();
        case TENSOR_RAW, TENSOR_FLOATS -> pieces.add(message.bytes());
        case TENSOR_LONGS -> pieces.add(bytesOf(message.numbers()));
        case TENSOR_LOCATION -> external = message.number() == 1;
        default -> {}
      }
    }
    if (external) {
      throw new CheckpointException(
          file, "keeps tensor '%s' in another file, which is not supported".formatted(name));
    }
    Tensor tensor = new Tensor(name, shape, type, joined(pieces));
    if (tensor.isFloat() || tensor.isLong()) {
      requireSize(file, tensor);
    }
    return tensor;
  }

  private static void requireSize(Path file, Tensor tensor) {
    int size = tensor.isFloat() ? Float.BYTES : Long.BYTES;
    long expected;
    try {
      expected = Math.multiplyExact(tensor.elements(), size);
    } catch (ArithmeticException e) {
      expected = -1;
    }
    if (tensor.bytes().remaining() != expected
        || Arrays.stream(tensor.shape()).anyMatch(d -> d < 0)) {
      throw new CheckpointException(
          file,
          "tensor '%s' of shape %s has %d bytes"
              .formatted(
                  tensor.name(), Arrays.toString(tensor.shape()), tensor.bytes().remaining()));
    }
  }

  private static ByteBuffer joined(List<ByteBuffer> pieces) {
    if (pieces.size() == 1) {
      return pieces.get(0);
    }
    ByteBuffer all = ByteBuffer.allocate(pieces.stream().mapToInt(ByteBuffer::remaining).sum());
    pieces.forEach(all::put);
    return all.flip();
  }

  private static ByteBuffer bytesOf(long[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return bytes;
  }

  private static long[] concat(long[] a, long[] b) {
    long[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }
}
