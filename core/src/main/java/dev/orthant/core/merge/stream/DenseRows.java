package dev.orthant.core.merge.stream;

import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.ElementTiles;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** A dense delta. */
record DenseRows(ElementTiles delta) implements SourceModel.Addend {

  static DenseRows of(DenseDelta delta) {
    return new DenseRows(ElementTiles.of(delta.values()));
  }

  @Override
  public void identify(MessageDigest digest) {
    float[] tile = new float[ElementTiles.TILE];
    ByteBuffer bytes = ByteBuffer.allocate(tile.length * Float.BYTES);
    for (long at = 0; at < delta.size(); at += tile.length) {
      int length = (int) Math.min(tile.length, delta.size() - at);
      delta.read(at, tile, length);
      bytes.clear().limit(length * Float.BYTES);
      bytes.asFloatBuffer().put(tile, 0, length);
      digest.update(bytes);
    }
  }

  @Override
  public void addTo(float[] values, long from, int count) {
    float[] tile = new float[Math.min(ElementTiles.TILE, count)];
    for (int done = 0; done < count; done += tile.length) {
      int length = Math.min(tile.length, count - done);
      delta.read(from + done, tile, length);
      for (int k = 0; k < length; k++) {
        values[done + k] += tile[k];
      }
    }
  }
}
