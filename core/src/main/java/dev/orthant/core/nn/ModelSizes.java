package dev.orthant.core.nn;

import dev.orthant.core.text.Batch;
import org.jspecify.annotations.Nullable;

/**
 * The sizes of a model that do not depend on its family.
 *
 * @param hidden width of the hidden states
 * @param layers number of transformer layers
 * @param intermediate width between the linear layers of the feed-forward part
 * @param vocabulary number of token ids
 * @param positions the longest sequence
 */
public record ModelSizes(int hidden, int layers, int intermediate, int vocabulary, int positions) {

  /**
   * Refuses sequences that are longer than the model has positions.
   *
   * @param cache what is there of them already, or null
   * @throws IllegalArgumentException naming the first
   */
  public void check(Batch batch, @Nullable KeyValueCache cache) {
    int[] offsets = batch.offsets();
    for (int i = 0; i < batch.size(); i++) {
      int length = offsets[i + 1] - offsets[i] + (cache == null ? 0 : cache.length(i));
      if (length > positions) {
        throw new IllegalArgumentException(
            "sequence %d has %d tokens, but the model has %d positions"
                .formatted(i, length, positions));
      }
    }
  }
}
