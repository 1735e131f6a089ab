package dev.orthant.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of matrices on the heap that fit the caches, {@code c = op(a) b}. Blocks of eight rows
 * and two vectors of c are summed up in registers.
 *
 * <p>Rows are computed eight at a time: a and c must have room for a number of rows rounded up to
 * eight, and what is there afterwards is arbitrary.
 */
final class VectorProduct {

  /** How many rows are computed together. */
  static final int ROWS = 8;

  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

  /** The number of elements of a vector. */
  static final int L = S.length();

  private VectorProduct() {}

  /**
   * The product of a [rows, k] and b [k, columns].
   *
   * @param columns a multiple of {@link #L}
   * @param aFrom where a begins
   * @param aRow from one row of a to the next
   * @param aStep from one column of a to the next
   * @param bFrom where b begins
   * @param bStep from one row of b to the next
   * @param cFrom where c begins
   * @param cRow from one row of c to the next
   */
  static void multiply(
      int rows,
      int columns,
      int k,
      float[] a,
      int aFrom,
      int aRow,
      int aStep,
      float[] b,
      int bFrom,
      int bStep,
      float[] c,
      int cFrom,
      int cRow) {
    int j = 0;
    for (; j <= columns - 2 * L; j += 2 * L) {
      for (int i = 0; i < rows; i += ROWS) {
        two(
            k,
            a,
            aFrom + i * aRow,
            aRow,
            aStep,
            b,
            bFrom + j,
            bStep,
            c,
            cFrom + i * cRow + j,
            cRow);
      }
    }
    if (j < columns) {
      for (int i = 0; i < rows; i += ROWS) {
        one(
            k,
            a,
            aFrom + i * aRow,
            aRow,
            aStep,
            b,
            bFrom + j,
            bStep,
            c,
            cFrom + i * cRow + j,
            cRow);
      }
    }
  }

  /**
   * Eight rows and two vectors of c; written out, since arrays of vectors would not stay in
   * registers.
   */
  private static void two(
      int k,
      float[] a,
      int aFrom,
      int aRow,
      int aStep,
      float[] b,
      int bFrom,
      int bStep,
      float[] c,
      int cFrom,
      int cRow) {
    FloatVector s0a = FloatVector.zero(S);
    FloatVector s0b = FloatVector.zero(S);
    FloatVector s1a = FloatVector.zero(S);
    FloatVector s1b = FloatVector.zero(S);
    FloatVector s2a = FloatVector.zero(S);
    FloatVector s2b = FloatVector.zero(S);
    FloatVector s3a = FloatVector.zero(S);
    FloatVector s3b = FloatVector.zero(S);
    FloatVector s4a = FloatVector.zero(S);
    FloatVector s4b = FloatVector.zero(S);
    FloatVector s5a = FloatVector.zero(S);
    FloatVector s5b = FloatVector.zero(S);
    FloatVector s6a = FloatVector.zero(S);
    FloatVector s6b = FloatVector.zero(S);
    FloatVector s7a = FloatVector.zero(S);
    FloatVector s7b = FloatVector.zero(S);
    int ai = aFrom;
    int bi = bFrom;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bi);
      FloatVector b1 = FloatVector.fromArray(S, b, bi + L);
      FloatVector x;
      x = FloatVector.broadcast(S, a[ai]);
      s0a = x.fma(b0, s0a);
      s0b = x.fma(b1, s0b);
      x = FloatVector.broadcast(S, a[ai + aRow]);
      s1a = x.fma(b0, s1a);
      s1b = x.fma(b1, s1b);
      x = FloatVector.broadcast(S, a[ai + 2 * aRow]);
      s2a = x.fma(b0, s2a);
      s2b = x.fma(b1, s2b);
      x = FloatVector.broadcast(S, a[ai + 3 * aRow]);
      s3a = x.fma(b0, s3a);
      s3b = x.fma(b1, s3b);
      x = FloatVector.broadcast(S, a[ai + 4 * aRow]);
      s4a = x.fma(b0, s4a);
      s4b = x.fma(b1, s4b);
      x = FloatVector.broadcast(S, a[ai + 5 * aRow]);
      s5a = x.fma(b0, s5a);
      s5b = x.fma(b1, s5b);
      x = FloatVector.broadcast(S, a[ai + 6 * aRow]);
      s6a = x.fma(b0, s6a);
      s6b = x.fma(b1, s6b);
      x = FloatVector.broadcast(S, a[ai + 7 * aRow]);
      s7a = x.fma(b0, s7a);
      s7b = x.fma(b1, s7b);
      ai += aStep;
      bi += bStep;
    }
    int ci = cFrom;
    s0a.intoArray(c, ci);
    s0b.intoArray(c, ci + L);
    ci += cRow;
    s1a.intoArray(c, ci);
    s1b.intoArray(c, ci + L);
    ci += cRow;
    s2a.intoArray(c, ci);
    s2b.intoArray(c, ci + L);
    ci += cRow;
    s3a.intoArray(c, ci);
    s3b.intoArray(c, ci + L);
    ci += cRow;
    s4a.intoArray(c, ci);
    s4b.intoArray(c, ci + L);
    ci += cRow;
    s5a.intoArray(c, ci);
    s5b.intoArray(c, ci + L);
    ci += cRow;
    s6a.intoArray(c, ci);
    s6b.intoArray(c, ci + L);
    ci += cRow;
    s7a.intoArray(c, ci);
    s7b.intoArray(c, ci + L);
  }

  /** Eight rows and one vector of c. */
  private static void one(
      int k,
      float[] a,
      int aFrom,
      int aRow,
      int aStep,
      float[] b,
      int bFrom,
      int bStep,
      float[] c,
      int cFrom,
      int cRow) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = FloatVector.zero(S);
    FloatVector s2 = FloatVector.zero(S);
    FloatVector s3 = FloatVector.zero(S);
    FloatVector s4 = FloatVector.zero(S);
    FloatVector s5 = FloatVector.zero(S);
    FloatVector s6 = FloatVector.zero(S);
    FloatVector s7 = FloatVector.zero(S);
    int ai = aFrom;
    int bi = bFrom;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bi);
      FloatVector x;
      x = FloatVector.broadcast(S, a[ai]);
      s0 = x.fma(b0, s0);
      x = FloatVector.broadcast(S, a[ai + aRow]);
      s1 = x.fma(b0, s1);
      x = FloatVector.broadcast(S, a[ai + 2 * aRow]);
      s2 = x.fma(b0, s2);
      x = FloatVector.broadcast(S, a[ai + 3 * aRow]);
      s3 = x.fma(b0, s3);
      x = FloatVector.broadcast(S, a[ai + 4 * aRow]);
      s4 = x.fma(b0, s4);
      x = FloatVector.broadcast(S, a[ai + 5 * aRow]);
      s5 = x.fma(b0, s5);
      x = FloatVector.broadcast(S, a[ai + 6 * aRow]);
      s6 = x.fma(b0, s6);
      x = FloatVector.broadcast(S, a[ai + 7 * aRow]);
      s7 = x.fma(b0, s7);
      ai += aStep;
      bi += bStep;
    }
    int ci = cFrom;
    s0.intoArray(c, ci);
    ci += cRow;
    s1.intoArray(c, ci);
    ci += cRow;
    s2.intoArray(c, ci);
    ci += cRow;
    s3.intoArray(c, ci);
    ci += cRow;
    s4.intoArray(c, ci);
    ci += cRow;
    s5.intoArray(c, ci);
    ci += cRow;
    s6.intoArray(c, ci);
    ci += cRow;
    s7.intoArray(c, ci);
  }
}
