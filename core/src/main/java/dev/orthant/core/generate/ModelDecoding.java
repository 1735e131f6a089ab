package dev.orthant.core.generate;

import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.KeyValueCache;
import dev.orthant.core.nn.NextTokenModel;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.Encoded;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** One prompt that a model reads, and what it writes; what was read is not computed again. */
public final class ModelDecoding implements Decoding {

  private final NextTokenModel model;
  private final Pass pass;
  private float[][] scores;

  /**
   * Reads the prompt.
   *
   * @param adapters active beside the model's weights
   * @param prompt what a decoder goes on from, or what the encoder before it reads; at least one
   *     token
   */
  public ModelDecoding(NextTokenModel model, Kernels kernels, AdapterSet adapters, int[] prompt) {
    if (prompt.length == 0) {
      throw new IllegalArgumentException("a prompt needs at least one token");
    }
    this.model = model;
    this.pass = new Pass(kernels, adapters);
    pass.cache(new KeyValueCache(1));
    Batch first = Batch.of(List.of(Encoded.of(prompt)));
    OptionalInt start = model.transformer().startToken();
    if (start.isPresent()) {
      first = first.withTarget(Batch.of(List.of(Encoded.of(start.getAsInt()))));
    }
    this.scores = model.next(pass, first);
  }

  @Override
  public float[][] scores() {
    return scores;
  }

  @Override
  public void append(int[] texts, int[] tokens) {
    KeyValueCache cache = pass.cache();
    if (cache != null && !(texts.length == 1 && cache.size() == 1)) {
      pass.cache(cache.select(texts));
    }
    List<Encoded> next = new ArrayList<>(tokens.length);
    for (int token : tokens) {
      next.add(Encoded.of(token));
    }
    scores = model.next(pass, Batch.of(next));
  }

  @Override
  public void close() {
    pass.close();
  }
}
