package dev.orthant.core.application;

import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.Encoded;
import dev.orthant.core.text.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs one model over texts, for any number of callers at once. */
final class Inference implements AutoCloseable {

  /** Tokens of a batch, unless one text has more: products gain nothing from larger ones. */
  private static final int BATCH_TOKENS = 2048;

  private final Transformer model;
  private final Path tokenizerFile;
  private final PassPool passes;
  private final Map<Integer, Tokenizer> tokenizers = new ConcurrentHashMap<>(); // by length

  Inference(Transformer model, Path tokenizerFile, Kernels kernels) {
    this.model = model;
    this.tokenizerFile = tokenizerFile;
    this.passes = new PassPool(kernels, kernels.threads());
  }

  /** What is made of the hidden states of a batch. */
  interface Step {

    /**
     * @param hidden [tokens, hidden]
     * @return [sequences, width], a buffer of the pass
     */
    INDArray run(Pass pass, INDArray hidden, Batch batch);
  }

  Transformer model() {
    return model;
  }

  /** The tokens of a text, of which there are at most so many. */
  Encoded encode(TextInput text, int maxLength) {
    return tokenizer(maxLength).encode(text.first(), text.second());
  }

  /** The tokens of several texts. */
  List<Encoded> encodeAll(List<TextInput> texts, int maxLength) {
    List<Encoded> encoded = new ArrayList<>(texts.size());
    for (TextInput text : texts) {
      encoded.add(encode(text, maxLength));
    }
    return encoded;
  }

  Tokenizer tokenizer(int maxLength) {
    return tokenizers.computeIfAbsent(maxLength, length -> Tokenizer.open(tokenizerFile, length));
  }

  /** What a step makes of each sequence, in their order: [sequences][width]. */
  float[][] run(AdapterSet adapters, List<Encoded> sequences, Step step) {
    float[][] outputs = new float[sequences.size()][];
    for (int from = 0; from < sequences.size(); ) {
      int first = from;
      int to = endOfBatch(sequences, first);
      Batch batch = Batch.of(sequences.subList(first, to));
      run(
          adapters,
          batch,
          (pass, hidden) -> Memory.copyRows(step.run(pass, hidden, batch), outputs, first));
      from = to;
    }
    return outputs;
  }

  /** Where a batch that begins at a sequence ends (exclusive). */
  static int endOfBatch(List<Encoded> sequences, int from) {
    int to = from + 1;
    int tokens = sequences.get(from).tokenIds().length;
    while (to < sequences.size() && tokens + sequences.get(to).tokenIds().length <= BATCH_TOKENS) {
      tokens += sequences.get(to).tokenIds().length;
      to++;
    }
    return to;
  }

  /** What reads the hidden states of a batch before the pass goes back. */
  interface Reader {

    /**
     * @param hidden [tokens, hidden], a buffer of the pass
     */
    void read(Pass pass, INDArray hidden);
  }

  /** Runs one batch. */
  void run(AdapterSet adapters, Batch batch, Reader reader) {
    passes.with(
        adapters,
        pass -> {
          reader.read(pass, model.forward(pass, batch));
          return batch;
        });
  }

  /** Frees the passes and tokenizers; the model stays. */
  @Override
  public void close() {
    passes.close();
    tokenizers.values().forEach(Tokenizer::close);
    tokenizers.clear();
  }
}
