package dev.orthant.core.kernel;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Compared with sums in double precision, of factors rounded as the way of computing rounds. */
final class FrozenProductTest {

  /** Single-precision sums of up to 400 products of numbers of about 1, each off by 6e-8. */
  private static final double ROUNDING = 3e-5;

  private static final int[][] SIZES = { // n, dIn, dOut
    {1, 1, 1},
    {1, 384, 5},
    {7, 3, 70},
    {8, 33, 16},
    {63, 16, 48},
    {64, 384, 64},
    {65, 20, 3},
    {131, 65, 33},
    {300, 70, 129}
  };

  private final Random random = new Random(5);
  private final WorkerPool pool = new WorkerPool(3);
  private final WorkerPool single = new WorkerPool(1);

  private enum Way {
    PORTABLE,
    BLAS,
    ONE_DNN,
    ONE_DNN_BF16
  }

  @AfterEach
  void closePools() {
    pool.close();
    single.close();
  }

  private static Kernels kernels(Way way, WorkerPool threads) {
    OneDnn library = OneDnn.find().orElse(null);
    assumeTrue(library != null || way == Way.PORTABLE || way == Way.BLAS, "oneDNN runs here");
    return switch (way) {
      case PORTABLE -> new PortableKernels();
      case BLAS -> new CpuKernels(threads, null, Precision.FP32);
      case ONE_DNN -> new CpuKernels(threads, library, Precision.FP32);
      case ONE_DNN_BF16 -> {
        assumeTrue(library.hasBf16(), "the processor has bfloat16");
        yield new CpuKernels(threads, library, Precision.BF16);
      }
    };
  }

  @ParameterizedTest
  @EnumSource
  void layersWithOneInput(Way way) {
    Kernels kernels = kernels(way, pool);
    for (int[] size : SIZES) {
      INDArray x = normal(size[0], size[1]);
      FrozenLinear biased = FrozenLinear.of(normal(size[2], size[1]), normal(size[2]));
      FrozenLinear unbiased = FrozenLinear.of(normal(3, size[1]), null);
      INDArray y = normal(size[0], size[2]);
      INDArray z = normal(size[0], 3);

      kernels.linear(x, List.of(biased, unbiased), List.of(y, z));

      INDArray expected = product(way, x, biased.weight().transpose());
      assertClose(y, expected.addRowVector(biased.bias().castTo(DataType.DOUBLE)));
      assertClose(z, product(way, x, unbiased.weight().transpose()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void gradientOfLayersWithOneInput(Way way) {
    Kernels kernels = kernels(way, pool);
    for (int[] size : SIZES) {
      FrozenLinear one = FrozenLinear.of(normal(size[2], size[1]), normal(size[2]));
      FrozenLinear other = FrozenLinear.of(normal(3, size[1]), null);
      INDArray dy = normal(size[0], size[2]);
      INDArray dz = normal(size[0], 3);
      INDArray overwritten = normal(size[0], size[1]);
      INDArray added = normal(size[0], size[1]);
      INDArray sum = product(way, dy, one.weight()).add(product(way, dz, other.weight()));
      INDArray before = added.castTo(DataType.DOUBLE);

      kernels.linearInputGradient(List.of(dy, dz), List.of(one, other), false, overwritten);
      kernels.linearInputGradient(List.of(dy, dz), List.of(one, other), true, added);

      assertClose(overwritten, sum);
      assertClose(added, before.add(sum));
    }
  }

  @ParameterizedTest
  @EnumSource
  void theNumberOfThreadsDoesNotChangeABit(Way way) {
    FrozenLinear layer = FrozenLinear.of(normal(100, 48), normal(100));
    INDArray x = normal(333, 48);
    INDArray three = Nd4j.create(DataType.FLOAT, 333, 100);
    INDArray one = Nd4j.create(DataType.FLOAT, 333, 100);
    INDArray alone = Nd4j.create(DataType.FLOAT, 333, 100);
    Kernels kernels = kernels(way, pool);

    kernels.linear(x, List.of(layer), List.of(three));
    kernels(way, single).linear(x, List.of(layer), List.of(one));
    kernels.onCallingThread().linear(x, List.of(layer), List.of(alone));

    assertThatTensor(one).hasSameBitsAs(three);
    assertThatTensor(alone).hasSameBitsAs(three);
    assertThat(kernels.onCallingThread().precision()).isEqualTo(kernels.precision());
  }

  @ParameterizedTest
  @EnumSource
  void passesOnSeveralThreadsShareALayer(Way way) {
    FrozenLinear layer = FrozenLinear.of(normal(40, 30), normal(40));
    INDArray x = normal(200, 30);
    INDArray expected = Nd4j.create(DataType.FLOAT, 200, 40);
    Kernels kernels = kernels(way, single);
    kernels.linear(x, List.of(layer), List.of(expected));
    layer.close();

    List<INDArray> ys =
        IntStream.range(0, 60)
            .parallel()
            .mapToObj(
                i -> {
                  INDArray y = Nd4j.create(DataType.FLOAT, 200, 40);
                  kernels.linear(x, List.of(layer), List.of(y));
                  return y;
                })
            .toList();

    assertThat(ys).allSatisfy(y -> assertThatTensor(y).hasSameBitsAs(expected));
  }

  @ParameterizedTest
  @EnumSource(names = {"BLAS", "ONE_DNN"})
  void rowsAreAnnouncedOnceWhenAllProductsAreThere(Way way) {
    int n = 333;
    FrozenLinear layer = FrozenLinear.of(Nd4j.ones(DataType.FLOAT, 40, 30), null);
    Floats x = Floats.of("x", Nd4j.ones(DataType.FLOAT, n, 30));
    Floats y = Floats.buffered("y", Nd4j.zeros(DataType.FLOAT, n, 40), new Views());
    Floats z = Floats.buffered("z", Nd4j.zeros(DataType.FLOAT, n, 40), new Views());
    kernels(way, pool); // or this is not run
    FrozenProduct product =
        new FrozenProduct(
            pool,
            new CpuProduct(pool, ThreadLocal.withInitial(Workspace::new)),
            new HalfProduct(pool, ThreadLocal.withInitial(Workspace::new)),
            way == Way.ONE_DNN ? OneDnn.find().orElseThrow() : null,
            Precision.FP32);
    AtomicIntegerArray announced = new AtomicIntegerArray(n);
    float[] tile = new float[40];

    product.forward(
        n,
        List.of(
            new FrozenProduct.Part(layer, x, null, y), new FrozenProduct.Part(layer, x, null, z)),
        (from, to) -> {
          for (int row = from; row < to; row++) {
            float[] seen = new float[40];
            z.get(row * 40, seen, 40);
            announced.addAndGet(row, (int) seen[39]);
          }
        });

    y.get((n - 1) * 40, tile, 40);
    assertThat(tile).containsOnly(30f);
    assertThat(IntStream.range(0, n).map(announced::get)).containsOnly(30);
  }

  @Test
  void closingFreesWhatAChangedLayerHolds() {
    FrozenLinear base = FrozenLinear.of(normal(4, 3), normal(4));
    FrozenLinear changed = base.withWeight(normal(4, 3));
    INDArray x = normal(2, 3);
    INDArray y = normal(2, 4);
    Kernels kernels = new CpuKernels(pool);
    kernels.linear(x, List.of(base), List.of(y));
    kernels.linear(x, List.of(changed), List.of(y));

    changed.close();
    base.close();

    assertThat(changed.weight().wasClosed()).isTrue();
    kernels.linear(x, List.of(base), List.of(y));
    assertClose(
        y,
        product(Way.BLAS, x, base.weight().transpose())
            .addRowVector(base.bias().castTo(DataType.DOUBLE)));
  }

  @Test
  void aPrecisionThatCannotBeHadIsRefused() {
    Kernels kernels = new CpuKernels(pool, null, Precision.FP32);

    assertThat(kernels.withPrecision(Precision.FP32)).isSameAs(kernels);
    for (Kernels without : List.of(kernels, new PortableKernels())) {
      assertThatThrownBy(() -> without.withPrecision(Precision.BF16))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("precision bf16 needs oneDNN and a processor with AMX or AVX512");
    }
  }

  @Test
  void layersAndArraysHaveToBeAsMany() {
    Kernels kernels = new CpuKernels(pool);
    FrozenLinear layer = FrozenLinear.of(normal(4, 3), null);

    assertThatThrownBy(() -> kernels.linear(normal(2, 3), List.of(layer), List.of()))
        .hasMessage("1 layers with 0 arrays, expected as many of each, at least 1 and at most 16");
  }

  private static INDArray product(Way way, INDArray a, INDArray b) {
    boolean rounds = way == Way.ONE_DNN_BF16;
    INDArray left = rounds ? toBf16(a) : a;
    INDArray right = rounds ? toBf16(b) : b;
    return left.dup('c').castTo(DataType.DOUBLE).mmul(right.dup('c').castTo(DataType.DOUBLE));
  }

  /** To nearest, ties to even, as IEEE 754 asks. */
  private static INDArray toBf16(INDArray x) {
    INDArray rounded = x.dup('c');
    for (long i = 0; i < rounded.length(); i++) {
      int bits = Float.floatToRawIntBits(rounded.getFloat(i));
      int up = 0x7fff + (bits >>> 16 & 1);
      rounded.putScalar(i, Float.intBitsToFloat(bits + up & 0xffff0000));
    }
    return rounded;
  }

  private static void assertClose(INDArray actual, INDArray expected) {
    assertThatTensor(actual.castTo(DataType.DOUBLE)).isCloseTo(expected, ROUNDING, ROUNDING);
  }

  private INDArray normal(long... shape) {
    INDArray values = Nd4j.create(DataType.FLOAT, shape);
    for (long i = 0; i < values.length(); i++) {
      values.putScalar(i, (float) random.nextGaussian());
    }
    return values;
  }
}
