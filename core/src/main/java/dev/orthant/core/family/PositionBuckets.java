package dev.orthant.core.family;

import dev.orthant.core.kernel.RelativeBias;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * T5's buckets of relative positions: one for each short distance, and for longer ones buckets that
 * grow with the logarithm of the distance, up to a greatest distance.
 *
 * @param count number of buckets
 * @param maxDistance from which on everything is in the last bucket
 * @param bidirectional whether half of the buckets are for keys after the query; otherwise they all
 *     have the bucket of the query's own position
 */
record PositionBuckets(int count, int maxDistance, boolean bidirectional) {

  /**
   * The bucket of a key.
   *
   * @param relative the position of the key less that of the query
   */
  int of(int relative) {
    int buckets = bidirectional ? count / 2 : count;
    int first = bidirectional && relative > 0 ? buckets : 0;
    int away = bidirectional ? Math.abs(relative) : Math.max(0, -relative);
    int exact = buckets / 2;
    if (away < exact) {
      return first + away;
    }
    // in single precision, as the models were trained: a boundary is a matter of rounding
    float share =
        (float) Math.log((float) away / exact) / (float) Math.log((double) maxDistance / exact);
    return first + Math.min(buckets - 1, exact + (int) (share * (buckets - exact)));
  }

  /**
   * What attention adds to scores.
   *
   * @param table [buckets, heads]
   */
  RelativeBias bias(INDArray table) {
    int heads = (int) table.size(1);
    float[] values = table.dup('c').data().asFloat();
    int span = (bidirectional ? 2 * maxDistance : maxDistance) + 1;
    float[][] byHead = new float[heads][span];
    for (int place = 0; place < span; place++) {
      int bucket = of(place - maxDistance);
      for (int head = 0; head < heads; head++) {
        byHead[head][place] = values[bucket * heads + head];
      }
    }
    return new RelativeBias(byHead, maxDistance);
  }
}
