package dev.orthant.core.export;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.checkpoint.OnnxWriter;
import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.family.EncoderConfig;
import dev.orthant.core.nn.ClsPoolerHead;
import dev.orthant.core.nn.DenseClsHead;
import dev.orthant.core.nn.MeanPoolHead;
import dev.orthant.core.nn.PairPoolHead;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The graph of a BERT or RoBERTa encoder on padded batches: {@code input_ids}, {@code
 * attention_mask} and, where there is more than one type, {@code token_type_ids} [batch, sequence]
 * give {@code last_hidden_state} [batch, sequence, hidden], or with a head {@code logits} [batch,
 * outputs].
 *
 * <p>Padding is where {@code attention_mask} is 0. It may lie after the tokens only, and its own
 * states mean nothing.
 */
final class BertGraph {

  /*
   * Attention and GELU are written in the forms that PyTorch exports, which ONNX Runtime's optimiser
   * knows and fuses. Weights keep Hugging Face's names but for being [in, out], as products want
   * them, so that `orthant import` reads the file back.
   */

  private static final String IDS = "input_ids";
  private static final String MASK = "attention_mask";
  private static final String TYPES = "token_type_ids";
  private static final String WORDS = "embeddings.word_embeddings.weight";
  private static final Set<String> ROBERTA = Set.of("roberta", "xlm-roberta");
  private static final Object[] TOKENS = {"batch", "sequence"};
  private static final List<String> HEADS =
      List.of(MeanPoolHead.NAME, PairPoolHead.NAME, ClsPoolerHead.NAME, DenseClsHead.NAME);
  private static final float HIDDEN_FROM_ATTENTION = -Float.MAX_VALUE;

  private final OnnxWriter onnx = new OnnxWriter("bert");
  private final EncoderConfig config;
  private final TensorSource weights;
  private final String prefix;

  private final int firstPosition;
  private final boolean typed; // whether there is more than one type of tokens
  private final OnnxActivation activation;

  private BertGraph(Layout layout, TensorSource weights) {
    this.config = layout.config();
    this.weights = weights;
    this.prefix = weights.names().contains(layout.prefix() + WORDS) ? layout.prefix() : "";
    this.firstPosition = layout.firstPosition();
    this.typed = config.types() > 1;
    this.activation = new OnnxActivation(onnx, config.activation());
  }

  /**
   * Where models of one kind differ from others.
   *
   * @param prefix that names of tensors may have
   * @param firstPosition the row of the first token's position
   */
  record Layout(EncoderConfig config, String prefix, int firstPosition) {

    /**
     * The layout of a model.
     *
     * @throws IllegalArgumentException naming every field of the configuration that is not
     *     supported
     */
    static Layout of(JsonNode json) {
      String type = json.path("model_type").asText();
      if (!ROBERTA.contains(type)) {
        return new Layout(EncoderConfig.of(json), "bert.", 0);
      }
      int first = json.path("pad_token_id").asInt(1) + 1;
      return new Layout(EncoderConfig.of(json, type), "roberta.", first);
    }
  }

  /** The graph without a head. */
  static OnnxWriter encoder(Layout layout, TensorSource weights) {
    BertGraph graph = new BertGraph(layout, weights);
    String hidden = graph.hiddenStates();
    graph.onnx.floatOutput(
        hidden, "last_hidden_state", "batch", "sequence", (long) layout.config().hiddenSize());
    return graph.onnx;
  }

  /** The graph with a head. */
  static OnnxWriter classifier(Layout layout, TensorSource weights, ExportedHead head) {
    BertGraph graph = new BertGraph(layout, weights);
    String hidden = graph.hiddenStates();
    String logits = graph.logits(head, graph.features(head, hidden));
    graph.onnx.floatOutput(logits, "logits", "batch", (long) head.outputs());
    return graph.onnx;
  }

  private String hiddenStates() {
    onnx.longInput(IDS, TOKENS);
    onnx.longInput(MASK, TOKENS);
    if (typed) {
      onnx.longInput(TYPES, TOKENS);
    }
    constants();
    String mask = attentionMask();
    String x = embeddings();
    for (int i = 0; i < config.layers(); i++) {
      x = layer("encoder.layer." + i, x, mask);
    }
    return x;
  }

  private void constants() {
    int width = config.hiddenSize() / config.heads();
    onnx.number("one", 1f);
    onnx.number("root_width", (float) Math.sqrt(width));
    onnx.number("hidden_from_attention", HIDDEN_FROM_ATTENTION);
    onnx.longs("axis_0", 0);
    onnx.longs("axis_1", 1);
    onnx.longs("axis_2", 2);
    onnx.longs("split_heads", 0, 0, config.heads(), width);
    onnx.longs("join_heads", 0, 0, config.hiddenSize());
  }

  /** 0 where there is a token and a number that no softmax survives where there is none. */
  private String attentionMask() {
    String wide = onnx.node("Unsqueeze", onnx.node("Unsqueeze", MASK, "axis_1"), "axis_2");
    return onnx.node(
        "Mul", onnx.node("Sub", "one", toFloat(wide)), "hidden_from_attention"); // [b, 1, 1, s]
  }

  private String embeddings() {
    String words = gather(table("word", config.vocabularySize()), IDS, 0);
    String types = table("token_type", config.types());
    types = typed ? gather(types, TYPES, 0) : types; // one row is added to all
    String first = onnx.longs("first_position", firstPosition);
    String length = onnx.node("Slice", onnx.node("Shape", IDS), "axis_1", "axis_2", "axis_0");
    String positions =
        onnx.node(
            "Slice",
            table("position", config.positions()),
            first,
            onnx.node("Add", length, first),
            "axis_0");
    String sum = onnx.node("Add", onnx.node("Add", words, types), positions); // [b, s, hidden]
    return layerNorm("embeddings.LayerNorm", sum);
  }

  private String layer(String path, String x, String mask) {
    String self = path + ".attention.self.";
    int hidden = config.hiddenSize();
    String q = heads(linear(x, self + "query", hidden, hidden), 0, 2, 1, 3); // [b, heads, s, w]
    String k = heads(linear(x, self + "key", hidden, hidden), 0, 2, 3, 1); // [b, heads, w, s]
    String v = heads(linear(x, self + "value", hidden, hidden), 0, 2, 1, 3); // [b, heads, s, w]
    String scores = onnx.node("Div", onnx.node("MatMul", q, k), "root_width");
    String shares =
        onnx.node("Softmax", List.of(onnx.node("Add", scores, mask)), Map.of("axis", -1L));
    String mixed = transposed(onnx.node("MatMul", shares, v), 0, 2, 1, 3); // [b, s, heads, w]
    String joined = onnx.node("Reshape", mixed, "join_heads");
    String attended = linear(joined, path + ".attention.output.dense", hidden, hidden);
    String y = layerNorm(path + ".attention.output.LayerNorm", onnx.node("Add", attended, x));
    String inner = linear(y, path + ".intermediate.dense", hidden, config.intermediateSize());
    String outer =
        linear(activation.of(inner), path + ".output.dense", config.intermediateSize(), hidden);
    return layerNorm(path + ".output.LayerNorm", onnx.node("Add", outer, y));
  }

  /** What the last layer of a head reads, [b, features]. */
  private String features(ExportedHead head, String hidden) {
    int width = config.hiddenSize();
    return switch (head.kind()) {
      case MeanPoolHead.NAME -> mean(hidden, toFloat(MASK));
      case PairPoolHead.NAME -> pair(hidden);
      case ClsPoolerHead.NAME ->
          onnx.node("Tanh", linear(first(hidden), "pooler.dense", width, width));
      case DenseClsHead.NAME ->
          onnx.node("Tanh", linear(first(hidden), "classifier.dense", head, DenseClsHead.DENSE));
      default ->
          throw new IllegalArgumentException(
              "a head of kind '%s' cannot be exported as ONNX; %s can"
                  .formatted(head.kind(), String.join(", ", HEADS)));
    };
  }

  private String logits(ExportedHead head, String features) {
    return head.kind().equals(DenseClsHead.NAME)
        ? linear(features, "classifier.out_proj", head, DenseClsHead.PROJECTION)
        : linear(features, "classifier", head, "");
  }

  /** The states of the first tokens, [b, hidden]. */
  private String first(String hidden) {
    return onnx.node("Squeeze", gather(hidden, onnx.longs("first", 0), 1), "axis_1");
  }

  /** The mean of the states where the mask is 1, [b, hidden]. */
  private String mean(String hidden, String mask) {
    String column = onnx.node("Unsqueeze", mask, "axis_2"); // [b, s, 1]
    Map<String, Long> flat = Map.of("keepdims", 0L);
    String sum = onnx.node("ReduceSum", List.of(onnx.node("Mul", hidden, column), "axis_1"), flat);
    return onnx.node("Div", sum, onnx.node("ReduceSum", List.of(column, "axis_1"), flat));
  }

  /** {@code [u; v; |u - v|]} of the means u and v of the two texts. */
  private String pair(String hidden) {
    String second = onnx.node("Mul", toFloat(MASK), toFloat(TYPES));
    String first = onnx.node("Sub", toFloat(MASK), second);
    String u = mean(hidden, first);
    String v = mean(hidden, second);
    String difference = onnx.node("Abs", onnx.node("Sub", u, v));
    return onnx.node("Concat", List.of(u, v, difference), Map.of("axis", -1L));
  }

  private String heads(String x, long... order) {
    return transposed(onnx.node("Reshape", x, "split_heads"), order);
  }

  private String transposed(String x, long... order) {
    return onnx.node("Transpose", List.of(x), Map.of("perm", order));
  }

  private String gather(String table, String indices, long axis) {
    return onnx.node("Gather", List.of(table, indices), Map.of("axis", axis));
  }

  private String toFloat(String x) {
    return onnx.node("Cast", List.of(x), Map.of("to", 1L));
  }

  private String table(String kind, long rows) {
    String name = "embeddings." + kind + "_embeddings.weight";
    return onnx.tensor(
        name, new long[] {rows, config.hiddenSize()}, () -> weights.read(prefix + name));
  }

  private String layerNorm(String module, String x) {
    return onnx.node(
        "LayerNormalization",
        List.of(
            x,
            vector(module + ".weight", module + ".gamma"),
            vector(module + ".bias", module + ".beta")),
        Map.of("axis", -1L, "epsilon", (float) config.layerNormEps()));
  }

  private String vector(String name, String legacy) {
    String there = weights.names().contains(prefix + name) ? name : legacy;
    return onnx.tensor(name, new long[] {config.hiddenSize()}, () -> weights.read(prefix + there));
  }

  private String linear(String x, String module, long dIn, long dOut) {
    return linear(
        x,
        module,
        new long[] {dOut, dIn},
        () -> weights.read(prefix + module + ".weight"),
        weights.read(prefix + module + ".bias"));
  }

  /** A layer of a head. */
  private String linear(String x, String module, ExportedHead head, String path) {
    INDArray weight = head.tensor(path + "weight");
    return linear(x, module, weight.shape(), () -> weight, head.tensor(path + "bias"));
  }

  /** {@code x weight' + bias}. */
  private String linear(
      String x,
      String module,
      long[] shape,
      Supplier<INDArray> weight, // [dOut, dIn]
      INDArray bias) {
    String turned =
        onnx.tensor(
            module + ".weight",
            new long[] {shape[1], shape[0]},
            () -> weight.get().transpose().dup('c'));
    String added = onnx.tensor(module + ".bias", bias.shape(), () -> bias);
    return onnx.node("Add", added, onnx.node("MatMul", x, turned));
  }
}
