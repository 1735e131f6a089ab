package dev.orthant.core.merge.stream;

/** Counts elements at which some of several arrays are above zero and others below. */
final class Signs {

  private static final int BOTH = 3;

  private final int[] seen = new int[Chunks.LENGTH]; // 1 above zero, 2 below

  /** Forgets what was seen. */
  void clear(int count) {
    for (int k = 0; k < count; k++) {
      seen[k] = 0;
    }
  }

  /** Looks at the first elements of an array. */
  void see(float[] values, int count) {
    for (int k = 0; k < count; k++) { // without branches: it runs on vectors
      int bits = Float.floatToRawIntBits(values[k]);
      int nonZero = -(bits & 0x7fffffff) >>> 31;
      seen[k] |= nonZero + (nonZero & bits >>> 31);
    }
  }

  /** How many of the first elements were seen with both signs. */
  int conflicts(int count) {
    int conflicts = 0;
    for (int k = 0; k < count; k++) {
      conflicts += (seen[k] + 1) / (BOTH + 1);
    }
    return conflicts;
  }
}
