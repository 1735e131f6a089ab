package dev.orthant.core.checkpoint;

import dev.orthant.core.spi.ShapeMismatchException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Builds an ONNX graph node by node and writes it into a file, one tensor at a time in memory.
 *
 * <pre>{@code
 * OnnxWriter onnx = new OnnxWriter("graph");
 * onnx.longInput("input_ids", "batch", "sequence");
 * onnx.tensor("words", shape, () -> words);
 * String x = onnx.node("Gather", List.of("words", "input_ids"), Map.of("axis", 0L));
 * onnx.floatOutput(x, "last_hidden_state", "batch", "sequence", 384L);
 * onnx.write(file);
 * }</pre>
 */
public final class OnnxWriter {

  // field numbers and values of onnx.proto3
  private static final int MODEL_IR_VERSION = 1;
  private static final int MODEL_PRODUCER = 2;
  private static final int MODEL_GRAPH = 7;
  private static final int MODEL_OPERATORS = 8;
  private static final int OPERATORS_VERSION = 2;
  private static final int GRAPH_NODE = 1;
  private static final int GRAPH_NAME = 2;
  private static final int GRAPH_TENSOR = 5;
  private static final int GRAPH_INPUT = 11;
  private static final int GRAPH_OUTPUT = 12;
  private static final int NODE_INPUT = 1;
  private static final int NODE_OUTPUT = 2;
  private static final int NODE_NAME = 3;
  private static final int NODE_OPERATOR = 4;
  private static final int NODE_ATTRIBUTE = 5;
  private static final int ATTRIBUTE_NAME = 1;
  private static final int ATTRIBUTE_FLOAT = 2;
  private static final int ATTRIBUTE_INT = 3;
  private static final int ATTRIBUTE_INTS = 8;
  private static final int ATTRIBUTE_TYPE = 20;
  private static final int TYPE_FLOAT = 1;
  private static final int TYPE_INT = 2;
  private static final int TYPE_INTS = 7;
  private static final int TENSOR_DIMS = 1;
  private static final int TENSOR_TYPE = 2;
  private static final int TENSOR_NAME = 8;
  private static final int TENSOR_RAW = 9;
  private static final int VALUE_NAME = 1;
  private static final int VALUE_TYPE = 2;
  private static final int ELEMENT_FLOAT = 1;
  private static final int ELEMENT_LONG = 7;

  /** The version of the operators: the first with LayerNormalization. */
  public static final int OPERATORS = 17;

  private static final int IR_VERSION = 8; // of that version
  private static final long LARGEST = Integer.MAX_VALUE; // bytes of a Protocol Buffers message

  private final ProtobufWriter nodes = new ProtobufWriter();
  private final ProtobufWriter tensors = new ProtobufWriter();
  private final ProtobufWriter inputs = new ProtobufWriter();
  private final ProtobufWriter outputs = new ProtobufWriter();
  private final Set<String> names = new LinkedHashSet<>();
  private final String name;
  private int unnamed;

  /**
   * @param name of the graph
   */
  public OnnxWriter(String name) {
    this.name = name;
  }

  /** An input of whole numbers; a dimension is a number, or the name of one that varies. */
  public void longInput(String inputName, Object... dimensions) {
    inputs.message(GRAPH_INPUT, value(taken(inputName), ELEMENT_LONG, dimensions));
  }

  /** Makes a value an output of single-precision numbers, under a name of its own. */
  public void floatOutput(String value, String outputName, Object... dimensions) {
    append("Identity", List.of(value), taken(outputName), Map.of());
    outputs.message(GRAPH_OUTPUT, value(outputName, ELEMENT_FLOAT, dimensions));
  }

  /**
   * A constant tensor in single precision that is made when its turn to be written comes.
   *
   * @param shape what its shape will be
   * @return its name
   */
  public String tensor(String tensorName, long[] shape, Supplier<INDArray> array) {
    long elements = 1;
    for (long d : shape) {
      elements = Math.multiplyExact(elements, d);
    }
    ProtobufWriter tensor = described(tensorName, shape, ELEMENT_FLOAT);
    long[] expected = shape.clone();
    tensor.later(
        TENSOR_RAW,
        Math.multiplyExact(elements, Float.BYTES),
        channel -> {
          INDArray made = array.get();
          if (!Arrays.equals(made.shape(), expected)) {
            throw new ShapeMismatchException(tensorName, expected, made.shape());
          }
          ArrayTransfer.write(made, Dtype.F32, channel);
        });
    tensors.message(GRAPH_TENSOR, tensor);
    return tensorName;
  }

  /** A constant number. Returns its name. */
  public String number(String tensorName, float value) {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    tensors.message(
        GRAPH_TENSOR,
        described(tensorName, new long[0], ELEMENT_FLOAT)
            .bytes(TENSOR_RAW, bytes.putFloat(value).array()));
    return tensorName;
  }

  /** A constant list of whole numbers. Returns its name. */
  public String longs(String tensorName, long... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    tensors.message(
        GRAPH_TENSOR,
        described(tensorName, new long[] {values.length}, ELEMENT_LONG)
            .bytes(TENSOR_RAW, bytes.array()));
    return tensorName;
  }

  /** An operation without attributes. Returns the name of its result. */
  public String node(String operator, String... operands) {
    return node(operator, List.of(operands), Map.of());
  }

  /**
   * An operation.
   *
   * @param attributes a {@code Long}, a {@code Float} or a {@code long[]} each
   * @return the name of its result
   */
  public String node(String operator, List<String> operands, Map<String, ?> attributes) {
    String result = operator + "_" + unnamed++;
    append(operator, operands, taken(result), attributes);
    return result;
  }

  /**
   * Writes the file beside its place and renames it; an existing file is replaced.
   *
   * @throws CheckpointException if it would be larger than the format allows (2 GiB), or cannot be
   *     written
   */
  public void write(Path file) {
    ProtobufWriter graph = new ProtobufWriter();
    graph.text(GRAPH_NAME, name);
    ProtobufWriter operators = new ProtobufWriter().number(OPERATORS_VERSION, OPERATORS);
    long size = nodes.size() + tensors.size() + inputs.size() + outputs.size() + graph.size();
    ProtobufWriter model =
        new ProtobufWriter()
            .number(MODEL_IR_VERSION, IR_VERSION)
            .text(MODEL_PRODUCER, "orthant")
            .message(MODEL_OPERATORS, operators)
            .later(
                MODEL_GRAPH,
                size,
                channel -> {
                  graph.writeTo(channel);
                  nodes.writeTo(channel);
                  tensors.writeTo(channel);
                  inputs.writeTo(channel);
                  outputs.writeTo(channel);
                });
    if (model.size() > LARGEST) {
      throw new CheckpointException(
          file,
          "would have %d bytes, an ONNX file has at most %d; write a model folder instead"
              .formatted(model.size(), LARGEST));
    }
    AtomicFile.write(file, model::writeTo);
  }

  private void append(String operator, List<String> operands, String result, Map<String, ?> by) {
    ProtobufWriter node = new ProtobufWriter();
    operands.forEach(operand -> node.text(NODE_INPUT, operand));
    node.text(NODE_OUTPUT, result).text(NODE_NAME, "node_" + result).text(NODE_OPERATOR, operator);
    by.keySet().stream()
        .sorted()
        .forEach(key -> node.message(NODE_ATTRIBUTE, attribute(key, by.get(key))));
    nodes.message(GRAPH_NODE, node);
  }

  private static ProtobufWriter attribute(String key, Object value) {
    ProtobufWriter attribute = new ProtobufWriter().text(ATTRIBUTE_NAME, key);
    if (value instanceof Float number) {
      return attribute.decimal(ATTRIBUTE_FLOAT, number).number(ATTRIBUTE_TYPE, TYPE_FLOAT);
    }
    if (value instanceof Long number) {
      return attribute.number(ATTRIBUTE_INT, number).number(ATTRIBUTE_TYPE, TYPE_INT);
    }
    if (value instanceof long[] numbers) {
      Arrays.stream(numbers).forEach(number -> attribute.number(ATTRIBUTE_INTS, number));
      return attribute.number(ATTRIBUTE_TYPE, TYPE_INTS);
    }
    throw new IllegalArgumentException(
        "attribute '%s' is a Long, a Float or a long[], was %s".formatted(key, value));
  }

  private ProtobufWriter described(String tensorName, long[] shape, int type) {
    ProtobufWriter tensor = new ProtobufWriter();
    Arrays.stream(shape).forEach(size -> tensor.number(TENSOR_DIMS, size));
    return tensor.number(TENSOR_TYPE, type).text(TENSOR_NAME, taken(tensorName));
  }

  private static ProtobufWriter value(String valueName, int type, Object... dimensions) {
    ProtobufWriter shape = new ProtobufWriter();
    for (Object dimension : dimensions) {
      ProtobufWriter size = new ProtobufWriter();
      if (dimension instanceof Long number) {
        size.number(1, number);
      } else {
        size.text(2, dimension.toString());
      }
      shape.message(1, size);
    }
    ProtobufWriter tensor = new ProtobufWriter().number(1, type).message(2, shape);
    return new ProtobufWriter()
        .text(VALUE_NAME, valueName)
        .message(VALUE_TYPE, new ProtobufWriter().message(1, tensor));
  }

  private String taken(String valueName) {
    if (!names.add(valueName)) {
      throw new IllegalArgumentException("two values are named '" + valueName + "'");
    }
    return valueName;
  }
}
