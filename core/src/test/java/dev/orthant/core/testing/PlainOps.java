package dev.orthant.core.testing;

import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.spi.MatrixOps;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Matrix operations as plain loops that sum in double precision: slow, obvious, and independent of
 * every backend.
 */
public final class PlainOps implements MatrixOps {

  @Override
  public void gemm(
      INDArray a,
      boolean transposeA,
      INDArray b,
      boolean transposeB,
      float alpha,
      float beta,
      INDArray c) {
    int m = (int) c.size(0);
    int n = (int) c.size(1);
    int k = (int) a.size(transposeA ? 0 : 1);
    requireShape("a", a, transposeA ? k : m, transposeA ? m : k);
    requireShape("b", b, transposeB ? n : k, transposeB ? k : n);
    float[] av = values(a);
    float[] bv = values(b);
    float[] cv = values(c);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int l = 0; l < k; l++) {
          double left = transposeA ? av[l * m + i] : av[i * k + l];
          double right = transposeB ? bv[j * k + l] : bv[l * n + j];
          sum += left * right;
        }
        double kept = beta == 0 ? 0 : (double) beta * cv[i * n + j];
        cv[i * n + j] = (float) (alpha * sum + kept);
      }
    }
    store(cv, c);
  }

  @Override
  public void dropout(INDArray x, float p, long seed, INDArray y) {
    CounterRandom random = CounterRandom.of(seed);
    float[] values = values(x);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.uniform(i) < p ? 0 : values[i] / (1 - p);
    }
    store(values, y);
  }

  @Override
  public void axpy(float alpha, INDArray x, INDArray y) {
    float[] xv = values(x);
    float[] yv = values(y);
    for (int i = 0; i < yv.length; i++) {
      yv[i] = (float) (yv[i] + (double) alpha * xv[i]);
    }
    store(yv, y);
  }

  @Override
  public void scaleColumns(INDArray x, INDArray factors, INDArray shifts, INDArray y) {
    float[] values = values(x);
    float[] scale = values(factors);
    float[] shift = values(shifts);
    for (int i = 0; i < values.length; i++) {
      int j = i % scale.length;
      values[i] = (float) ((double) values[i] * scale[j] + shift[j]);
    }
    store(values, y);
  }

  @Override
  public void addColumnDots(INDArray x, INDArray y, INDArray sums) {
    float[] xv = values(x);
    float[] yv = values(y);
    float[] result = values(sums);
    for (int j = 0; j < result.length; j++) {
      double sum = result[j];
      for (int i = j; i < xv.length; i += result.length) {
        sum += (double) xv[i] * yv[i];
      }
      result[j] = (float) sum;
    }
    store(result, sums);
  }

  private static void requireShape(String name, INDArray array, int rows, int columns) {
    if (array.size(0) != rows || array.size(1) != columns) {
      throw new AssertionError(
          "%s is %s, expected [%d, %d]".formatted(name, array.shapeInfoToString(), rows, columns));
    }
  }

  private static float[] values(INDArray array) {
    return dense(array) ? array.data().asFloat() : array.dup('c').data().asFloat();
  }

  private static void store(float[] values, INDArray array) {
    array.assign(Nd4j.createFromArray(values).reshape('c', array.shape()));
  }

  private static boolean dense(INDArray array) {
    return !array.isView() && array.ordering() == 'c';
  }
}
