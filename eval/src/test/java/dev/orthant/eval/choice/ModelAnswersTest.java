package dev.orthant.eval.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.CheckpointWriter;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.family.LlamaArchitecture;
import dev.orthant.core.generate.TextModel;
import dev.orthant.core.kernel.PortableKernels;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.LoadSettings;
import dev.orthant.core.nn.NextTokenModel;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.text.Encoded;
import dev.orthant.core.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Both protocols on a decoder whose next token depends on the last one alone. */
final class ModelAnswersTest {

  /** Scores are small whole numbers over single precision. */
  private static final double ROUNDING = 1e-5;

  private static final int TOKENS = 4; // 0 ends a text; 1, 2, 3 are a, b, c

  /** What may follow each token: a row of scores. */
  private static final float[][] NEXT = {
    {0, 1, 2, 3}, // at the beginning
    {0, 1, 5, 1}, // after a
    {0, 1, 1, 4}, // after b
    {6, 1, 1, 1}, // after c
  };

  @TempDir Path folder;

  /** A letter is a token. */
  private static final class Letters implements Tokenizer {

    @Override
    public int maxLength() {
      return 100;
    }

    @Override
    public Encoded encode(String textA, @Nullable String textB) {
      return Encoded.of(textA.chars().map(c -> c - 'a' + 1).toArray());
    }

    @Override
    public String decode(int[] tokenIds) {
      return Arrays.stream(tokenIds)
          .filter(id -> id > 0)
          .mapToObj(id -> Character.toString('a' + id - 1))
          .collect(Collectors.joining());
    }

    @Override
    public void close() {}
  }

  /**
   * A Llama whose one layer adds nothing: states are embeddings, rows of the identity, normalised
   * to length two, so half the table of scores is its output matrix.
   */
  private Transformer model() throws IOException {
    ObjectNode config =
        (ObjectNode)
            new ObjectMapper()
                .readTree(
                    "{'model_type':'llama','hidden_act':'silu','hidden_size':4,'num_hidden_layers':1,'num_attention_heads':1,'num_key_value_heads':1,'intermediate_size':4,'vocab_size':4,'max_position_embeddings':16,'rms_norm_eps':0.0,'tie_word_embeddings':false}"
                        .replace('\'', '"'));
    CheckpointWriter writer = new CheckpointWriter(config);
    INDArray identity = Nd4j.eye(TOKENS);
    add(writer, "model.embed_tokens.weight", identity);
    add(writer, "lm_head.weight", Nd4j.createFromArray(NEXT).transpose().mul(0.5));
    for (String norm :
        List.of(
            "model.norm",
            "model.layers.0.input_layernorm",
            "model.layers.0.post_attention_layernorm")) {
      add(writer, norm + ".weight", Nd4j.ones(TOKENS));
    }
    for (String linear :
        List.of("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj")) {
      add(writer, "model.layers.0." + linear + ".weight", Nd4j.zeros(TOKENS, TOKENS));
    }
    for (String linear : List.of("mlp.gate_proj", "mlp.up_proj", "mlp.down_proj")) {
      add(writer, "model.layers.0." + linear + ".weight", Nd4j.zeros(TOKENS, TOKENS));
    }
    writer.write(folder.resolve("model"), false);
    try (HuggingFaceCheckpoint checkpoint = HuggingFaceCheckpoint.open(folder.resolve("model"))) {
      return new LlamaArchitecture().load(checkpoint.config(), checkpoint, LoadSettings.defaults());
    }
  }

  private static void add(CheckpointWriter writer, String name, INDArray tensor) {
    writer.add(name, Dtype.F32, tensor.shape(), () -> tensor.dup('c'));
  }

  private ModelAnswers answers() throws IOException {
    return new ModelAnswers(
        new TextModel(
            new NextTokenModel(model()),
            AdapterSet.none(),
            new PortableKernels(),
            new Letters(),
            List.of(0)));
  }

  private static double log(int before, int token) {
    double sum = 0;
    for (float score : NEXT[before]) {
      sum += Math.exp(score);
    }
    return NEXT[before][token] - Math.log(sum);
  }

  @Test
  void likelihoodsAreOfTheTokensBehindTheContext() throws IOException {
    List<double[]> logs =
        answers().logLikelihoods(List.of(new Continuation("a", "bc"), new Continuation("", "ca")));

    assertThat(logs.get(0)).containsExactly(new double[] {log(1, 2), log(2, 3)}, within(ROUNDING));
    // without a context the token that ends texts stands before the first
    assertThat(logs.get(1)).containsExactly(new double[] {log(0, 3), log(3, 1)}, within(ROUNDING));
  }

  @Test
  void writtenTextsEndWhereTheModelEndsThem() throws IOException {
    ModelAnswers answers = answers();

    List<String> texts = answers.generate(List.of("a", "b"), 1, 32);
    List<String> cut = answers.generate(List.of("a"), 4, 1);

    assertThat(texts).containsExactly("bc", "c");
    assertThat(cut).containsExactly("b");
  }

  @Test
  void theMoreProbableChoiceIsTaken() throws IOException {
    ChoiceQuestion right =
        new ChoiceQuestion(
            List.of(new Continuation("a", "b"), new Continuation("a", "c")),
            List.of("b", "c"),
            0,
            true);

    List<ChoiceResult> results = LogLikelihoodProtocol.measure("toy", List.of(right), answers());

    assertThat(results.get(0).accuracy()).isEqualTo(1);
  }
}
