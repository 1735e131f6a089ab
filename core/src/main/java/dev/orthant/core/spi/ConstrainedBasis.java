package dev.orthant.core.spi;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Rows that an adapter's A starts as, and how it is held to them.
 *
 * @param rows [rank, dIn]; orthonormal unless the constraint says otherwise
 * @param hold how it is held during training
 * @param penalised the second moment [dIn, dIn] that {@link Hold.Penalty} refers to, else null
 * @param avoided [k, dIn], orthonormal; the directions that {@link Hold.Projected} keeps A from
 *     moving along, else null
 */
public record ConstrainedBasis(
    INDArray rows, Hold hold, @Nullable INDArray penalised, @Nullable INDArray avoided) {

  /** Refuses a penalty without its second moment, and a projection without its directions. */
  public ConstrainedBasis {
    if (hold instanceof Hold.Penalty && penalised == null) {
      throw new IllegalArgumentException("a penalty needs the second moment it penalises");
    }
    if (hold instanceof Hold.Projected && avoided == null) {
      throw new IllegalArgumentException("a projection needs the directions it avoids");
    }
  }

  /** A basis that needs nothing but its rows to be held, if at all. */
  public ConstrainedBasis(INDArray rows, Hold hold) {
    this(rows, hold, null, null);
  }
}
