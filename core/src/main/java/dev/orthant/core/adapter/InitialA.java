package dev.orthant.core.adapter;

import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** How a factor A is drawn where no constraint gives it. The values of PEFT's init_lora_weights. */
public enum InitialA {

  /**
   * Uniform in +-1/sqrt(columns): Kaiming's uniform rule with a = sqrt(5), PEFT's and loralib's
   * default. Rows of a wide A have a norm of about 1/sqrt(3).
   */
  KAIMING {
    @Override
    public INDArray draw(RandomGenerator random, int rows, int columns) {
      double bound = 1 / Math.sqrt(columns);
      return fill(rows, columns, () -> bound * (2 * random.nextDouble() - 1));
    }
  },

  /** Normal with mean 0 and standard deviation 1/rows. */
  GAUSSIAN {
    @Override
    public INDArray draw(RandomGenerator random, int rows, int columns) {
      return fill(rows, columns, () -> random.nextGaussian() / rows);
    }
  };

  /**
   * A fresh array [rows, columns].
   *
   * @param rows the rank
   * @param columns the size of the factor's input
   */
  public abstract INDArray draw(RandomGenerator random, int rows, int columns);

  private static INDArray fill(int rows, int columns, java.util.function.DoubleSupplier next) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) next.getAsDouble();
    }
    return Nd4j.createFromArray(values).reshape('c', rows, columns);
  }
}
