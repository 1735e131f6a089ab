package dev.orthant.core.nn;

import dev.orthant.core.text.Batch;
import org.jspecify.annotations.Nullable;

/**
 * Where the rows of a pass belong.
 *
 * @param offsets [sequences + 1]
 * @param positions [tokens], of each token in its sequence, from 0
 * @param cache what earlier passes left of the same sequences, or null if these begin here
 * @param source [sequences + 1], the offsets of the encoder's rows that a decoder reads; empty
 *     without an encoder, or where the cache has its keys and values
 */
public record Placement(
    int[] offsets, int[] positions, @Nullable KeyValueCache cache, int[] source) {

  /** The places of a batch, behind the tokens of a cache if there is one. */
  static Placement of(Batch batch, @Nullable KeyValueCache cache) {
    int[] positions = batch.positions();
    if (cache != null) {
      int[] offsets = batch.offsets();
      for (int sequence = 0; sequence < batch.size(); sequence++) {
        for (int row = offsets[sequence]; row < offsets[sequence + 1]; row++) {
          positions[row] += cache.length(sequence);
        }
      }
    }
    return new Placement(batch.offsets(), positions, cache, new int[0]);
  }

  /** The same places beside the rows of an encoder. */
  Placement withSource(int[] encoded) {
    return new Placement(offsets, positions, cache, encoded);
  }
}
