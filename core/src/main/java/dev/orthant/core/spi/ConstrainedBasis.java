package dev.orthant.core.spi;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Rows that span the subspace an adapter's A is to start or stay in.
 *
 * @param rows [rank, dIn]; orthonormal unless the constraint says otherwise
 * @param hold how it is held during training
 * @param penalised the second moment [dIn, dIn] that {@link Hold.Penalty} refers to, else null
 */
public record ConstrainedBasis(INDArray rows, Hold hold, @Nullable INDArray penalised) {

  /** Refuses a penalty without its second moment. */
  public ConstrainedBasis {
    if (hold instanceof Hold.Penalty && penalised == null) {
      throw new IllegalArgumentException("a penalty needs the second moment it penalises");
    }
  }
}
