package dev.orthant.core.features;

import dev.orthant.core.nn.FeatureListener;
import dev.orthant.core.spi.MatrixOps;
import dev.orthant.core.spi.ShapeMismatchException;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Sums {@code x' y} over the rows of two models' features of the same batches: the first model is
 * run on a batch, then the second, and so on. For use by one thread.
 *
 * <p>Products of a batch are in single precision; batches are added in double precision.
 */
public final class CrossProducts {

  private final MatrixOps ops;
  private final Map<String, INDArray> latest = new LinkedHashMap<>(); // [tokens, dIn] of the first
  private final Map<String, double[]> sums = new LinkedHashMap<>(); // [dIn, dIn]

  /**
   * Nothing yet.
   *
   * @param modules the modules to sum up at; others are passed over
   * @param ops of the backend that runs the models
   */
  public CrossProducts(Collection<String> modules, MatrixOps ops) {
    this.ops = ops;
    modules.forEach(module -> sums.put(module, new double[0]));
  }

  /** Listens to the first model. */
  public FeatureListener first() {
    return (module, x) -> {
      if (sums.containsKey(module)) {
        latest.put(module, x.dup('c'));
      }
    };
  }

  /** Listens to the second model, which is run on a batch after the first. */
  public FeatureListener second() {
    return (module, y) -> {
      if (sums.containsKey(module)) {
        add(module, y);
      }
    };
  }

  /**
   * The sums by module, [dIn, dIn] row-major.
   *
   * @throws IllegalStateException if a module was not seen
   */
  public Map<String, double[]> sums() {
    sums.forEach(
        (module, sum) -> {
          if (sum.length == 0) {
            throw new IllegalStateException("no features were seen at module '" + module + "'");
          }
        });
    return sums;
  }

  private void add(String module, INDArray y) {
    INDArray x = latest.remove(module);
    if (x == null) {
      throw new IllegalStateException(
          "the second model came before the first at module '" + module + "'");
    }
    if (!Arrays.equals(x.shape(), y.shape())) {
      throw new ShapeMismatchException("input of " + module, x.shape(), y.shape());
    }
    INDArray product = Nd4j.zeros(DataType.FLOAT, x.size(1), y.size(1));
    ops.gemm(x, true, y, false, 1f, 0f, product);
    float[] values = product.data().asFloat();
    product.close(); // the garbage collector is late to free memory beside the heap
    x.close();
    double[] sum = sums.get(module);
    double[] next = sum != null && sum.length > 0 ? sum : new double[values.length];
    for (int k = 0; k < values.length; k++) {
      next[k] += values[k];
    }
    sums.put(module, next);
  }
}
