package dev.orthant.core.spi;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Rows that an adapter's A starts as, or columns that its B does, and how it is held to them.
 *
 * @param side which of the outer factors starts as the basis
 * @param rows [rank, dIn] on the input side, [rank, dOut] on the output side; orthonormal unless
 *     the constraint says otherwise
 * @param hold how it is held during training; on the output side, free or frozen
 * @param penalised the second moment [dIn, dIn] that {@link Hold.Penalty} refers to, else null
 * @param avoided [k, dIn], orthonormal; the directions that {@link Hold.Projected} keeps A from
 *     moving along, else null
 */
public record ConstrainedBasis(
    Side side, INDArray rows, Hold hold, @Nullable INDArray penalised, @Nullable INDArray avoided) {

  /** Which outer factor of an adapter's delta {@code B ... A} a basis is for. */
  public enum Side {
    /** A starts as the rows, B at zero: the basis decides what the adapter reads. */
    INPUT,
    /** B starts as the rows' transpose, A at zero: the basis decides what the adapter writes. */
    OUTPUT
  }

  /** Refuses a penalty without its second moment, and a projection without its directions. */
  public ConstrainedBasis {
    if (hold instanceof Hold.Penalty && penalised == null) {
      throw new IllegalArgumentException("a penalty needs the second moment it penalises");
    }
    if (hold instanceof Hold.Projected && avoided == null) {
      throw new IllegalArgumentException("a projection needs the directions it avoids");
    }
    if (side == Side.OUTPUT && (penalised != null || avoided != null)) {
      throw new IllegalArgumentException("a basis of the output side is either free or frozen");
    }
  }

  /** A basis for A. */
  public ConstrainedBasis(
      INDArray rows, Hold hold, @Nullable INDArray penalised, @Nullable INDArray avoided) {
    this(Side.INPUT, rows, hold, penalised, avoided);
  }

  /** A basis for A that needs nothing but its rows to be held, if at all. */
  public ConstrainedBasis(INDArray rows, Hold hold) {
    this(rows, hold, null, null);
  }
}
