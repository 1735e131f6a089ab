package dev.orthant.core.kernel;

/**
 * What is added to scores by how far a key lies behind a query. Beyond the ends of the table its
 * last values go on.
 *
 * @param byHead [heads][span]; not copied and not to be modified
 * @param zero the place in the span of a key at the query's own position
 */
public record RelativeBias(float[][] byHead, int zero) {

  /** Refuses a table that is not rectangular or does not have the place. */
  public RelativeBias {
    int span = byHead.length == 0 ? 0 : byHead[0].length;
    for (float[] head : byHead) {
      if (head.length != span) {
        throw new IllegalArgumentException("the heads have spans of different lengths");
      }
    }
    if (zero < 0 || zero >= span) {
      throw new IllegalArgumentException("place %d is not in a span of %d".formatted(zero, span));
    }
  }

  /** The value of a head for a key so many positions behind the query; negative if before it. */
  float at(int head, int distance) {
    float[] span = byHead[head];
    return span[Math.max(0, Math.min(span.length - 1, zero + distance))];
  }
}
