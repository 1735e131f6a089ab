package dev.orthant.core.merge.stream;

import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.lowrank.LoraDelta;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * A low-rank delta, multiplied out for the elements that are asked for.
 *
 * @param b [dOut * rank], scaling included
 * @param a [rank * dIn]
 */
record LoraRows(float[] b, float[] a, int rank, int columns) implements SourceModel.Addend {

  static LoraRows of(LoraDelta delta) {
    float[] b = ElementTiles.toHeap(delta.b());
    for (int i = 0; i < b.length; i++) {
      b[i] = (float) (delta.scaling() * b[i]);
    }
    return new LoraRows(b, ElementTiles.toHeap(delta.a()), delta.rank(), (int) delta.a().size(1));
  }

  @Override
  public void identify(MessageDigest digest) {
    for (float[] factor : new float[][] {b, a}) {
      ByteBuffer bytes = ByteBuffer.allocate(factor.length * Float.BYTES);
      bytes.asFloatBuffer().put(factor);
      digest.update(bytes);
    }
  }

  @Override
  public void addTo(float[] values, long from, int count) {
    float[] sums = new float[Math.min(columns, count)];
    float[] tile = new float[sums.length]; // loops over parts of arrays do not use vectors
    for (int done = 0; done < count; ) {
      long row = (from + done) / columns;
      int column = (int) ((from + done) % columns);
      int length = Math.min(count - done, columns - column);
      Arrays.fill(sums, 0, length, 0);
      for (int k = 0; k < rank; k++) {
        System.arraycopy(a, k * columns + column, tile, 0, length);
        addScaled(b[(int) row * rank + k], tile, sums, length);
      }
      System.arraycopy(values, done, tile, 0, length);
      addScaled(1, sums, tile, length);
      System.arraycopy(tile, 0, values, done, length);
      done += length;
    }
  }

  private static void addScaled(float factor, float[] values, float[] sums, int count) {
    for (int k = 0; k < count; k++) {
      sums[k] += factor * values[k];
    }
  }
}
