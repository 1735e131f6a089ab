package dev.orthant.core.lowrank;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A delta without a low-rank form.
 *
 * @param values any shape; not modified afterwards by anyone
 */
public record DenseDelta(INDArray values) implements Delta {

  @Override
  public long[] shape() {
    return values.shape();
  }

  @Override
  public INDArray dense() {
    return values.dup('c');
  }

  @Override
  public DenseDelta times(double factor) {
    return new DenseDelta(values.mul(factor));
  }

  @Override
  public double norm() {
    return Math.sqrt(LowRank.inner(this, this));
  }
}
