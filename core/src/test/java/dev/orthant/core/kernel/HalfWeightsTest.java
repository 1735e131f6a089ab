package dev.orthant.core.kernel;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Frozen weights in bfloat16. */
final class HalfWeightsTest {

  /** Sums of some hundred products of numbers about 1, in another order. */
  private static final double TOLERANCE = 3e-5;

  private final Random random = new Random(20261123);

  @Test
  void numbersAreRoundedToTheNearestAndTiesToEven() {
    // between 1 and 2 the halves are 2^-7 apart
    float step = 1f / 128;
    float[] values = {1f, 1 + step / 2, 1 + 1.5f * step, 1 + 0.51f * step, -0f, 3e38f, Float.NaN};
    float[] rounded = {1f, 1f, 1 + 2 * step, 1 + step, -0f, 226 * 0x1p120f, Float.NaN};

    INDArray wide =
        FrozenLinear.half(Nd4j.createFromArray(values).reshape('c', 1, values.length), null)
            .weight();

    assertThat(wide.dup('c').data().asFloat()).containsExactly(rounded);
  }

  @Test
  void productsAreThoseOfTheRoundedWeights() {
    for (int[] size : new int[][] {{1, 1, 1}, {5, 7, 33}, {40, 700, 500}, {3, 20, 300000}}) {
      INDArray x = normal(size[0], size[2]);
      INDArray dy = normal(size[0], size[1]);
      INDArray bias = normal(1, size[1]).reshape(size[1]);
      FrozenLinear half = FrozenLinear.half(normal(size[1], size[2]).muli(0.1), bias);
      FrozenLinear rounded = FrozenLinear.of(half.weight(), bias);
      try (WorkerPool one = new WorkerPool(1);
          WorkerPool three = new WorkerPool(3)) {
        List<INDArray> expected = results(new CpuKernels(one), rounded, x, dy);
        List<INDArray> actual = results(new CpuKernels(one), half, x, dy);
        List<INDArray> again = results(new CpuKernels(three), half, x, dy);
        List<INDArray> portable = results(new PortableKernels(), half, x, dy);
        double scale = Math.sqrt(size[2] / 100.0 + 1); // of what rounding adds up to
        for (int i = 0; i < expected.size(); i++) {
          assertThatTensor(actual.get(i)).isCloseTo(expected.get(i), scale * TOLERANCE, TOLERANCE);
          assertThatTensor(portable.get(i))
              .isCloseTo(expected.get(i), scale * TOLERANCE, TOLERANCE);
          assertThatTensor(again.get(i)).hasSameBitsAs(actual.get(i));
        }
      }
    }
  }

  @Test
  void inBf16TheyGiveTheSameBitsAsTheFileInSinglePrecision() {
    if (OneDnn.find().filter(OneDnn::hasBf16).isEmpty()) {
      return; // products in bf16 are refused on such a machine
    }
    INDArray x = normal(17, 64);
    INDArray dy = normal(17, 48);
    FrozenLinear half = FrozenLinear.half(normal(48, 64), null);
    FrozenLinear rounded = FrozenLinear.of(half.weight(), null);
    try (WorkerPool pool = new WorkerPool(1)) {
      Kernels kernels = new CpuKernels(pool).withPrecision(Precision.BF16);

      List<INDArray> expected = results(kernels, rounded, x, dy);
      List<INDArray> actual = results(kernels, half, x, dy);

      for (int i = 0; i < expected.size(); i++) {
        assertThatTensor(actual.get(i)).hasSameBitsAs(expected.get(i));
      }
    }
  }

  /** The product, the gradient, and what the gradient is added to. */
  private static List<INDArray> results(
      Kernels kernels, FrozenLinear layer, INDArray x, INDArray dy) {
    INDArray y = Nd4j.valueArrayOf(dy.shape(), Float.NaN, DataType.FLOAT);
    INDArray dx = Nd4j.valueArrayOf(x.shape(), Float.NaN, DataType.FLOAT);
    INDArray sum = x.dup('c');
    kernels.linear(x, List.of(layer), List.of(y));
    kernels.linearInputGradient(List.of(dy), List.of(layer), false, dx);
    kernels.linearInputGradient(List.of(dy), List.of(layer), true, sum);
    return List.of(y, dx, sum);
  }

  private INDArray normal(int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Nd4j.createFromArray(values).reshape('c', rows, columns);
  }
}
