package dev.orthant.core.lowrank;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The delta {@code scaling * B A} of a low-rank adapter.
 *
 * @param b [dOut, rank]
 * @param a [rank, dIn]
 * @param scaling alpha / rank, or alpha / sqrt(rank) if rank-stabilised
 */
public record LoraDelta(INDArray b, INDArray a, double scaling) implements Delta {

  /** Refuses factors that do not fit together. */
  public LoraDelta {
    if (b.rank() != 2 || a.rank() != 2 || b.size(1) != a.size(0)) {
      throw new IllegalArgumentException(
          "B [dOut, rank] and A [rank, dIn] do not fit: %s and %s"
              .formatted(
                  java.util.Arrays.toString(b.shape()), java.util.Arrays.toString(a.shape())));
    }
  }

  /** The number of columns of B. */
  public int rank() {
    return (int) a.size(0);
  }

  @Override
  public long[] shape() {
    return new long[] {b.size(0), a.size(1)};
  }

  @Override
  public INDArray dense() {
    INDArray out = Nd4j.create(b.dataType(), shape(), 'c');
    return Nd4j.gemm(b, a, out, false, false, scaling, 0.0);
  }

  @Override
  public LoraDelta times(double factor) {
    return new LoraDelta(b, a, scaling * factor);
  }

  @Override
  public double norm() {
    // ||B A||_F^2 = trace((B'B)(A A'))
    Matrix left = Matrix.unchecked(b);
    Matrix right = Matrix.unchecked(a);
    double square = left.transposeTimes(left).dot(right.timesTranspose(right));
    return Math.abs(scaling) * Math.sqrt(Math.max(0, square));
  }
}
