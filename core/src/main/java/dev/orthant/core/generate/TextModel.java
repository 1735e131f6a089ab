package dev.orthant.core.generate;

import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.NextTokenModel;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.text.BatchOrder;
import dev.orthant.core.text.Encoded;
import dev.orthant.core.text.TokenRows;
import dev.orthant.core.text.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A language model with its tokenizer: writes texts and says how probable they are.
 *
 * <p>For use by one thread at a time.
 *
 * @param model with or without an encoder
 * @param adapters active beside its weights
 * @param tokenizer that cuts nothing
 * @param ends the tokens that end a text; of several the first is put behind texts
 */
public record TextModel(
    NextTokenModel model,
    AdapterSet adapters,
    Kernels kernels,
    Tokenizer tokenizer,
    List<Integer> ends) {

  /** What is written after a prompt, without the token that ends it. */
  public String generate(String prompt, GenerationConfig config) {
    return tokenizer.decode(write(prompt, config).tokenIds());
  }

  /** The prompt with what is written after it, as one text; without an encoder. */
  public String goOn(String prompt, GenerationConfig config) {
    int[] read = begun(prompt);
    int[] written = write(prompt, config).tokenIds();
    int[] whole = Arrays.copyOf(read, read.length + written.length);
    System.arraycopy(written, 0, whole, read.length, written.length);
    return tokenizer.decode(whole);
  }

  /** The tokens that are written after a prompt. */
  public Generated write(String prompt, GenerationConfig config) {
    boolean decoderAlone = model.transformer().startToken().isEmpty();
    int[] read = decoderAlone ? begun(prompt) : source(prompt);
    int positions = model.transformer().sizes().positions();
    if (read.length > positions - 1) {
      read = Arrays.copyOfRange(read, read.length - positions + 1, read.length);
    }
    GenerationConfig fitting = config;
    if (decoderAlone && read.length > positions - config.maxNewTokens()) {
      fitting = config.withMaxNewTokens(positions - read.length);
    }
    try (Decoding decoding = new ModelDecoding(model, kernels, adapters, read)) {
      return new Generator(fitting, Set.copyOf(ends)).generate(decoding);
    }
  }

  /**
   * The natural logarithm of the probability of each token of a text after another one. The tokens
   * are those of both as one, less as many as there are of the first alone.
   */
  public double[] logProbabilities(String context, String text) {
    TokenRows row;
    int count;
    if (model.transformer().startToken().isPresent()) {
      int[] label = without(tokenizer.encode(text, null).tokenIds());
      int[] target = new int[label.length];
      target[0] = model.transformer().startToken().getAsInt();
      System.arraycopy(label, 0, target, 1, target.length - 1);
      int[] source = source(context);
      row =
          new TokenRows(
              List.of(new Encoded(source, new int[source.length], target)), List.of(label));
      count = label.length;
    } else {
      int[] before = without(tokenizer.encode(context, null).tokenIds());
      int[] whole = without(tokenizer.encode(context + text, null).tokenIds());
      count = whole.length - before.length;
      if (before.length == 0) { // the first token has to follow something
        whole = behindEnd(whole);
      }
      int positions = model.transformer().sizes().positions();
      if (count >= positions) {
        throw new IllegalArgumentException(
            "a text of %d tokens does not fit the model's %d positions behind another token"
                .formatted(count, positions));
      }
      if (whole.length > positions) { // the end is what is asked about
        whole = Arrays.copyOfRange(whole, whole.length - positions, whole.length);
      }
      row = following(whole, whole.length - count);
    }
    double[] logs = new double[0];
    if (count > 0) {
      try (Pass pass = new Pass(kernels, adapters)) {
        int[] only = {0};
        double[] all = model.logProbabilities(pass, row.batch(only), row.labels(only));
        float[] labels = row.labels(only);
        logs = new double[count];
        int at = 0;
        for (int i = 0; i < all.length; i++) {
          if (labels[i] != TokenRows.IGNORED) {
            logs[at++] = all[i];
          }
        }
      }
    }
    return logs;
  }

  /** The mean over all labels that count of {@code -log p(label)}, in nats. */
  public double loss(TokenRows rows, int batchSize) {
    return loss(model, adapters, kernels, rows, batchSize);
  }

  /** As {@link #loss(TokenRows, int)}, of a model without its tokenizer. */
  public static double loss(
      NextTokenModel model, AdapterSet adapters, Kernels kernels, TokenRows rows, int batchSize) {
    double sum = 0;
    long count = 0;
    try (Pass pass = new Pass(kernels, adapters)) {
      for (int[] indices : BatchOrder.evaluation(rows, batchSize)) {
        double[] logs = model.logProbabilities(pass, rows.batch(indices), rows.labels(indices));
        sum -= Arrays.stream(logs).sum();
        count += rows.weight(indices);
      }
    }
    return sum / count;
  }

  /** What an encoder reads: a text with its end, as in training. */
  private int[] source(String text) {
    int[] ids = tokenizer.encode(text, null).tokenIds();
    if (ids.length > 0 && ends.contains(ids[ids.length - 1])
        || ids.length >= tokenizer.maxLength()) {
      return ids;
    }
    int[] longer = Arrays.copyOf(ids, ids.length + 1);
    longer[ids.length] = ends.get(0);
    return longer;
  }

  /** Tokens of a text that something follows, at least one. */
  private int[] begun(String text) {
    int[] ids = without(tokenizer.encode(text, null).tokenIds());
    return ids.length > 0 ? ids : behindEnd(ids);
  }

  private int[] behindEnd(int[] ids) {
    int[] longer = new int[ids.length + 1];
    longer[0] = ends.get(0);
    System.arraycopy(ids, 0, longer, 1, ids.length);
    return longer;
  }

  private int[] without(int[] ids) {
    boolean ended = ids.length > 0 && ends.contains(ids[ids.length - 1]);
    return ended ? Arrays.copyOf(ids, ids.length - 1) : ids;
  }

  private static TokenRows following(int[] ids, int first) {
    int[] labels = new int[ids.length];
    Arrays.fill(labels, TokenRows.IGNORED);
    for (int i = Math.max(1, first); i < ids.length; i++) {
      labels[i - 1] = ids[i];
    }
    return new TokenRows(List.of(Encoded.of(ids)), List.of(labels));
  }
}
