package dev.orthant.osrm;

/** The length of a basis' rows, as configurations have it. */
final class RowNorm {

  private RowNorm() {}

  static void require(double rowNorm) {
    if (!(rowNorm > 0) || Double.isInfinite(rowNorm)) {
      throw new IllegalArgumentException("row_norm must be positive and finite, was " + rowNorm);
    }
  }
}
