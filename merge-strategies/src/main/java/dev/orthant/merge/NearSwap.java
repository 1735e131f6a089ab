package dev.orthant.merge;

/**
 * From the first input towards the second, by at most {@code t} in each element.
 *
 * @param t greatest step, above 0
 */
record NearSwap(double t) implements Combination {

  @Override
  public Step with(double[] weights) {
    return (tiles, out, length) -> {
      float[] from = tiles[0];
      float[] to = tiles[1];
      for (int k = 0; k < length; k++) {
        double difference = (double) to[k] - from[k];
        out[k] = from[k] + Math.max(-t, Math.min(t, difference));
      }
    };
  }
}
