package dev.orthant.core.nn;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.LowRank;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterContext;
import dev.orthant.core.spi.AdapterExport;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.ShapeMismatchException;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A sum of fixed deltas whose coefficients are trained: {@code y = base + sum_i lambda_i x
 * delta_i'}.
 *
 * <p>The gradient of a coefficient is {@code <dL/dW, delta_i> = sum_t <dy_t, delta_i x_t>}; the
 * weights' gradient is not formed. Low-rank deltas are applied factor by factor.
 */
public final class MixtureAdapter implements Adapter {

  private final List<Delta> deltas; // [dOut, dIn] each
  private final Parameter lambda; // [deltas]

  /**
   * Coefficients of zero, to be set or trained.
   *
   * @param deltas of one matrix [dOut, dIn]; at least one, not to be modified afterwards
   * @throws ShapeMismatchException if they are not all of one matrix
   */
  public MixtureAdapter(List<? extends Delta> deltas) {
    this.deltas = List.copyOf(deltas);
    long[] shape = this.deltas.get(0).shape();
    for (Delta delta : this.deltas) {
      if (shape.length != 2 || !Arrays.equals(delta.shape(), shape)) {
        throw new ShapeMismatchException("delta", shape, delta.shape());
      }
    }
    this.lambda =
        Parameter.trainable("lambda", Nd4j.zeros(DataType.FLOAT, deltas.size())).withoutDecay();
  }

  /** The coefficients, with their gradient. */
  public Parameter lambda() {
    return lambda;
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(lambda);
  }

  @Override
  public void forward(AdapterContext context, INDArray x, INDArray base, INDArray y) {
    if (y != base) {
      y.assign(base);
    }
    for (int i = 0; i < deltas.size(); i++) {
      float coefficient = lambda.value().getFloat(i);
      if (deltas.get(i) instanceof LoraDelta low) {
        INDArray h = hidden(context, i, x, low);
        context.ops().gemm(x, false, low.a(), true, 1f, 0f, h);
        context.ops().gemm(h, false, low.b(), true, scaled(coefficient, low), 1f, y);
      } else if (deltas.get(i) instanceof DenseDelta dense) {
        context.ops().gemm(x, false, dense.values(), true, coefficient, 1f, y);
      }
    }
  }

  @Override
  public void backward(
      AdapterContext context, INDArray x, INDArray dy, INDArray dx, boolean needsInputGradient) {
    for (int i = 0; i < deltas.size(); i++) {
      float coefficient = lambda.value().getFloat(i);
      if (deltas.get(i) instanceof LoraDelta low) {
        INDArray u = context.scratch("upper" + i, x.size(0), low.rank()); // [n, rank]
        context.ops().gemm(dy, false, low.b(), false, 1f, 0f, u);
        addInner(context, hidden(context, i, x, low), u, (float) low.scaling(), i);
        if (needsInputGradient) {
          context.ops().gemm(u, false, low.a(), false, scaled(coefficient, low), 1f, dx);
        }
      } else if (deltas.get(i) instanceof DenseDelta dense) {
        INDArray z = context.scratch("product", x.size(0), dense.shape()[0]); // [n, dOut]
        context.ops().gemm(x, false, dense.values(), true, 1f, 0f, z);
        addInner(context, z, dy, 1f, i);
        if (needsInputGradient) {
          context.ops().gemm(dy, false, dense.values(), false, coefficient, 1f, dx);
        }
      }
    }
  }

  /** The sum of the deltas: low-rank if all of them are. */
  @Override
  public Delta delta() {
    double[] coefficients = lambda.value().toDoubleVector();
    if (deltas.stream().allMatch(LoraDelta.class::isInstance)) {
      return LowRank.weightedSum(deltas.stream().map(LoraDelta.class::cast).toList(), coefficients);
    }
    INDArray sum = Nd4j.zeros(DataType.FLOAT, deltas.get(0).shape());
    for (int i = 0; i < coefficients.length; i++) {
      sum.addi(deltas.get(i).times(coefficients[i]).dense());
    }
    return new DenseDelta(sum);
  }

  /**
   * Not possible.
   *
   * @throws IllegalStateException always: what is saved is the merged delta
   */
  @Override
  public AdapterExport export() {
    throw new IllegalStateException("a mixture of deltas is exported as their sum");
  }

  /** {@code gradient[i] += factor * <p, q>}. */
  private void addInner(AdapterContext context, INDArray p, INDArray q, float factor, int i) {
    long n = p.length();
    INDArray at = lambda.gradient().get(NDArrayIndex.interval(i, i + 1)).reshape('c', 1, 1);
    context.ops().gemm(p.reshape('c', 1, n), false, q.reshape('c', n, 1), false, factor, 1f, at);
  }

  private static INDArray hidden(AdapterContext context, int i, INDArray x, LoraDelta low) {
    return context.scratch("hidden" + i, x.size(0), low.rank()); // [n, rank]
  }

  private static float scaled(float coefficient, LoraDelta low) {
    return (float) (coefficient * low.scaling());
  }
}
