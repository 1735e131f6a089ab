package dev.orthant.core.nn;

import dev.orthant.core.text.Batch;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What turns token ids into the first hidden states: the sum of the tables' rows, and its
 * normalisation if there is one.
 *
 * @param words [vocabulary, hidden]
 * @param positions [positions, hidden], or null if attention knows positions in another way
 * @param types [types, hidden], or null for none
 * @param norm of the sum, or null for none
 */
public record Embeddings(
    INDArray words, @Nullable INDArray positions, @Nullable INDArray types, @Nullable Norm norm) {

  /**
   * @return [tokens, hidden], a buffer
   */
  INDArray forward(Pass pass, Batch batch, Placement place) {
    INDArray x = buffer(pass, batch.tokens());
    into(pass, batch, place, x);
    return x;
  }

  /** As {@link #forward}, into x [tokens, hidden]. */
  void into(Pass pass, Batch batch, Placement place, INDArray x) {
    pass.kernels()
        .embed(batch.tokenIds(), place.positions(), batch.typeIds(), words, positions, types, x);
    if (norm != null) {
      INDArray stats = pass.buffer("embeddings.stats", batch.tokens(), norm.statistics());
      norm.forward(pass.kernels(), x, null, stats, x);
    }
  }

  /** What {@link #forward} has left, [tokens, hidden]. */
  INDArray buffer(Pass pass, int tokens) {
    return pass.buffer("embeddings", tokens, words.size(1));
  }
}
