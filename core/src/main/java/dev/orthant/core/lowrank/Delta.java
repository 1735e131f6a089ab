package dev.orthant.core.lowrank;

import org.nd4j.linalg.api.ndarray.INDArray;

/** What is added to a base tensor. */
public sealed interface Delta permits LoraDelta, DenseDelta {

  /** The shape of the base tensor; [dOut, dIn] for a matrix. */
  long[] shape();

  /** The delta as a dense single-precision array; fresh, never aliasing. */
  INDArray dense();

  /** {@code factor} times this delta. */
  Delta times(double factor);

  /** The Frobenius norm, in double precision and without forming a dense matrix for low rank. */
  double norm();
}
