package dev.orthant.core.merge.stream;

import java.util.Arrays;

/** Counts elements at which some of several arrays are above zero and others below. */
final class Signs {

  private final float[] greatest = new float[Chunks.LENGTH];
  private final float[] least = new float[Chunks.LENGTH];

  /** Forgets what was seen. */
  void clear(int count) {
    Arrays.fill(greatest, 0, count, 0);
    Arrays.fill(least, 0, count, 0);
  }

  /** Looks at the first elements of an array. */
  void see(float[] values, int count) {
    for (int k = 0; k < count; k++) {
      greatest[k] = Math.max(greatest[k], values[k]);
    }
    for (int k = 0; k < count; k++) {
      least[k] = Math.min(least[k], values[k]);
    }
  }

  /** How many of the first elements were seen with both signs. */
  int conflicts(int count) {
    int conflicts = 0;
    for (int k = 0; k < count; k++) {
      conflicts += greatest[k] > 0 && least[k] < 0 ? 1 : 0;
    }
    return conflicts;
  }
}
