package dev.orthant.core.application;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.nn.Pass;
import dev.orthant.core.text.Batch;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Turns texts into vectors: {@code base.encoder().embed(texts)}.
 *
 * <p>By default a vector is the mean of the last layer's states, scaled to length 1, so that the
 * dot product of two is their cosine. A text of more tokens than {@link #maxLength()} is cut there,
 * as tokenizers do, without a word. An empty text is one of special tokens only.
 *
 * <p>A view of a {@link BaseModel}: small, immutable, safe for use by several threads, usable until
 * the model is closed. A vector depends on its text alone but for rounding: which texts are
 * embedded together changes its last bits at most.
 */
public final class TextEncoder {

  private final BaseModel base;
  private final Adaptation adaptation;
  private final Pooling pooling;
  private final boolean normalized;
  private final int maxLength;

  TextEncoder(BaseModel base) {
    this(base, Adaptation.none(), Pooling.MEAN, true, base.maxLength());
  }

  private TextEncoder(
      BaseModel base, Adaptation adaptation, Pooling pooling, boolean normalized, int maxLength) {
    this.base = base;
    this.adaptation = adaptation;
    this.pooling = pooling;
    this.normalized = normalized;
    this.maxLength = maxLength;
  }

  /** The same with an adapted model. */
  public TextEncoder with(Adaptation other) {
    return new TextEncoder(base, requireNonNull(other), pooling, normalized, maxLength);
  }

  /** The same with other pooling. */
  public TextEncoder with(Pooling other) {
    return new TextEncoder(base, adaptation, requireNonNull(other), normalized, maxLength);
  }

  /** The same with vectors of length 1, or as they are. */
  public TextEncoder normalized(boolean toLengthOne) {
    return new TextEncoder(base, adaptation, pooling, toLengthOne, maxLength);
  }

  /**
   * The same for texts cut elsewhere.
   *
   * @param tokens special tokens included, from 4 to the model's positions
   */
  public TextEncoder maxLength(int tokens) {
    return new TextEncoder(base, adaptation, pooling, normalized, base.requireLength(tokens));
  }

  /** How many tokens of a text are read, special tokens included. */
  public int maxLength() {
    return maxLength;
  }

  /** The number of a vector's elements. */
  public int dimension() {
    return base.model().sizes().hidden();
  }

  /** The vector of a text. */
  public float[] embed(String text) {
    return embed(List.of(text))[0];
  }

  /** The vectors of texts, in their order: [texts][dimension]. */
  public float[][] embed(List<String> texts) {
    float[][] vectors =
        base.run(adaptation, texts.stream().map(TextInput::of).toList(), maxLength, this::pool);
    if (normalized) {
      for (float[] vector : vectors) {
        scaleToLengthOne(vector);
      }
    }
    return vectors;
  }

  private INDArray pool(Pass pass, INDArray hidden, Batch batch) {
    INDArray pooled = pass.buffer("encoder.pooled", batch.size(), dimension());
    switch (pooling) {
      case MEAN -> pass.kernels().meanPool(hidden, batch.offsets(), pooled);
      case FIRST -> pass.kernels().takeRows(hidden, firsts(batch), pooled);
    }
    return pooled;
  }

  /** The row of each sequence's first token. */
  private static int[] firsts(Batch batch) {
    return Arrays.copyOf(batch.offsets(), batch.size());
  }

  private static void scaleToLengthOne(float[] vector) {
    double square = 0;
    for (float v : vector) {
      square += (double) v * v;
    }
    double length = Math.sqrt(square);
    for (int i = 0; i < vector.length && length > 0; i++) {
      vector[i] = (float) (vector[i] / length);
    }
  }
}
