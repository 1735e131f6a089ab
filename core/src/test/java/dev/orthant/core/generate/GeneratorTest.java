package dev.orthant.core.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.NextTokenModel;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.nn.TinyModel;
import dev.orthant.core.nn.TinyT5;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.Encoded;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written, against PyTorch that computes everything again at each step. */
final class GeneratorTest {

  /** A sum of ten logarithms of scores in single precision. */
  private static final double TOLERANCE = 1e-4;

  /** In ten thousand draws a share has a standard deviation below 0.005. */
  private static final double DRAWS = 0.02;

  private static final Set<Integer> ENDS = Set.of(1);

  private final WorkerPool pool = new WorkerPool(1);

  @AfterEach
  void closePool() {
    pool.close();
  }

  private Generated generate(NextTokenModel model, JsonNode source, GenerationConfig config) {
    try (Decoding decoding =
        new ModelDecoding(model, new CpuKernels(pool), AdapterSet.none(), TinyT5.ints(source))) {
      return new Generator(config, ENDS).generate(decoding);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"original", "gated"})
  void theMostProbableTokens(String name) {
    TinyT5 tiny = new TinyT5(name);
    NextTokenModel model = new NextTokenModel(tiny.model());

    for (JsonNode expected : tiny.at("generated")) {
      Generated written = generate(model, expected.path("source"), GenerationConfig.greedy(12));

      assertThat(written.tokenIds()).containsExactly(TinyT5.ints(expected.path("greedy")));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"original", "gated"})
  void beamSearch(String name) {
    TinyT5 tiny = new TinyT5(name);
    NextTokenModel model = new NextTokenModel(tiny.model());

    for (JsonNode expected : tiny.at("generated")) {
      for (JsonNode search : expected.path("beams")) {
        GenerationConfig config =
            GenerationConfig.beams(
                10, search.path("width").asInt(), search.path("length_penalty").asDouble());
        Generated written = generate(model, expected.path("source"), config);

        assertThat(written.tokenIds())
            .as("source %s, %s", expected.path("source"), config)
            .containsExactly(TinyT5.ints(search.path("ids")));
        assertThat(written.score()).isCloseTo(search.path("score").asDouble(), within(TOLERANCE));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama3", "gpt2", "qwen3", "mistral"})
  void aDecoderWritesWithItsCacheWhatItWritesWithout(String name, @TempDir Path folder)
      throws IOException {
    TinyModel tiny = new TinyModel(name);
    tiny.write(folder, tiny.weights(), Dtype.F32);
    NextTokenModel model = new NextTokenModel(TinyModel.load(folder));
    int[] prompt = {3, 7, 5};

    int[] greedy = written(model, prompt, GenerationConfig.greedy(6));
    int[] searched = written(model, prompt, GenerationConfig.beams(6, 3, 1));

    try (Decoding whole = new Uncached(model, new CpuKernels(pool), prompt)) {
      Generated expected = new Generator(GenerationConfig.greedy(6), ENDS).generate(whole);
      assertThat(greedy).containsExactly(expected.tokenIds());
    }
    try (Decoding whole = new Uncached(model, new CpuKernels(pool), prompt)) {
      Generated expected = new Generator(GenerationConfig.beams(6, 3, 1), ENDS).generate(whole);
      assertThat(searched).containsExactly(expected.tokenIds());
    }
  }

  private int[] written(NextTokenModel model, int[] prompt, GenerationConfig config) {
    try (Decoding decoding =
        new ModelDecoding(model, new CpuKernels(pool), AdapterSet.none(), prompt)) {
      return new Generator(config, ENDS).generate(decoding).tokenIds();
    }
  }

  /** Computes everything again at each step. */
  private static final class Uncached implements Decoding {

    private final NextTokenModel model;
    private final Pass pass;
    private List<int[]> texts;

    Uncached(NextTokenModel model, Kernels kernels, int[] prompt) {
      this.model = model;
      this.pass = new Pass(kernels, AdapterSet.none());
      this.texts = List.of(prompt);
    }

    @Override
    public float[][] scores() {
      return model.next(pass, Batch.of(texts.stream().map(Encoded::of).toList()));
    }

    @Override
    public void append(int[] chosen, int[] tokens) {
      List<int[]> longer = new ArrayList<>();
      for (int i = 0; i < chosen.length; i++) {
        int[] text = texts.get(chosen[i]);
        int[] more = Arrays.copyOf(text, text.length + 1);
        more[text.length] = tokens[i];
        longer.add(more);
      }
      texts = longer;
    }

    @Override
    public void close() {
      pass.close();
    }
  }

  /** Always the same scores. */
  private record Fixed(float... ofTokens) implements Decoding {

    @Override
    public float[][] scores() {
      return new float[][] {ofTokens};
    }

    @Override
    public void append(int[] texts, int[] tokens) {}

    @Override
    public void close() {}
  }

  private static double[] shares(GenerationConfig config, float... scores) {
    int[] drawn = new Generator(config, Set.of()).generate(new Fixed(scores)).tokenIds();
    double[] shares = new double[scores.length];
    Arrays.stream(drawn).forEach(token -> shares[token] += 1.0 / drawn.length);
    return shares;
  }

  @Test
  void drawnTokensHaveTheirProbabilities() {
    // exp(score) is 8, 1, 4, 3: shares 0.5, 0.0625, 0.25, 0.1875
    float[] scores = {(float) Math.log(8), 0f, (float) Math.log(4), (float) Math.log(3)};

    double[] all = shares(new GenerationConfig(10_000, 1, 1, true, 1, 0, 1, 5), scores);
    double[] hot = shares(new GenerationConfig(10_000, 1, 1, true, 2, 0, 1, 5), scores);
    double[] two = shares(new GenerationConfig(10_000, 1, 1, true, 1, 2, 1, 5), scores);
    double[] nucleus = shares(new GenerationConfig(10_000, 1, 1, true, 1, 0, 0.8, 5), scores);

    assertThat(all).containsExactly(new double[] {0.5, 0.0625, 0.25, 0.1875}, within(DRAWS));
    // roots: 2.83, 1, 2, 1.73
    assertThat(hot).containsExactly(new double[] {0.374, 0.132, 0.265, 0.229}, within(DRAWS));
    assertThat(two).containsExactly(new double[] {2 / 3.0, 0, 1 / 3.0, 0}, within(DRAWS));
    // 0.5 + 0.25 is below 0.8, with 0.1875 above it
    assertThat(nucleus).containsExactly(new double[] {8 / 15.0, 0, 4 / 15.0, 0.2}, within(DRAWS));
  }

  @Test
  void aSeedDrawsTheSameTextAgain() {
    Fixed scores = new Fixed(0f, 0.5f, 1f, 0.2f);
    GenerationConfig config = new GenerationConfig(50, 1, 1, true, 1, 50, 0.9, 11);

    int[] first = new Generator(config, Set.of()).generate(scores).tokenIds();
    int[] again = new Generator(config, Set.of()).generate(scores).tokenIds();

    assertThat(again).containsExactly(first);
    assertThat(Arrays.stream(first).distinct().count()).isGreaterThan(2);
  }
}
