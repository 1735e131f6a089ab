package dev.orthant.core.kernel;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The operations for the CPU, with the vector API and with plain loops, against the portable ones
 * over many shapes: one token, odd sizes, whole vectors, several chunks and groups, and values at
 * the ends of the range.
 */
final class KernelAgreementTest {

  /** Sums of some hundred products of numbers about 1, in another order and with fused rounding. */
  private static final double TOLERANCE = 3e-5;

  /** The heads, their width and the sequences' lengths of a batch. */
  record Batch(int heads, int width, List<Integer> lengths) {

    int rows() {
      return lengths.stream().mapToInt(Integer::intValue).sum();
    }

    int columns() {
      return heads * width;
    }

    int[] offsets() {
      int[] offsets = new int[lengths.size() + 1];
      for (int i = 0; i < lengths.size(); i++) {
        offsets[i + 1] = offsets[i] + lengths.get(i);
      }
      return offsets;
    }
  }

  static List<Batch> batches() {
    return List.of(
        new Batch(1, 1, List.of(1)),
        new Batch(1, 3, List.of(1, 1)),
        new Batch(3, 5, List.of(2, 7, 1)),
        new Batch(2, 16, List.of(16, 15, 17)),
        new Batch(12, 32, List.of(24, 31)),
        new Batch(2, 32, List.of(64, 65, 63)),
        new Batch(12, 32, List.of(129)),
        new Batch(1, 80, List.of(33)),
        new Batch(4, 64, List.of(150, 1)));
  }

  private final Random random = new Random(20261121);
  private final Kernels portable = new PortableKernels();

  @Test
  void testsRunWithTheVectorApi() {
    assertThat(Arithmetic.hasVectors()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("batches")
  void attention(Batch batch) {
    int[] offsets = batch.offsets();
    AttentionForm form = AttentionForm.full(batch.heads(), batch.width());
    INDArray q = normal(batch);
    INDArray k = normal(batch);
    INDArray v = normal(batch);
    INDArray dOut = normal(batch);

    agree(
        batch, 1, (kernels, out) -> kernels.attention(form, q, offsets, k, v, offsets, out.get(0)));
    agree(
        batch,
        3,
        (kernels, out) ->
            kernels.attentionGradient(
                form, q, offsets, k, v, offsets, dOut, out.get(0), out.get(1), out.get(2)));
  }

  @ParameterizedTest
  @MethodSource("batches")
  void attentionOfLargeAndEqualScores(Batch batch) {
    int[] offsets = batch.offsets();
    AttentionForm form = AttentionForm.full(batch.heads(), batch.width());
    // one key far above all others or all keys alike: probabilities 1, 0 and 1 / n
    INDArray q = normal(batch).muli(30);
    INDArray zero = normal(batch).muli(0);
    INDArray v = normal(batch);

    agree(
        batch,
        3,
        (kernels, out) ->
            kernels.attentionGradient(
                form, zero, offsets, q, v, offsets, v, out.get(0), out.get(1), out.get(2)));
    agree(
        batch,
        1,
        (kernels, out) -> kernels.attention(form, q, offsets, zero, v, offsets, out.get(0)));
  }

  @ParameterizedTest
  @MethodSource("batches")
  void layerNorm(Batch batch) {
    INDArray residual = normal(batch);
    INDArray x = normal(batch).addi(3);
    INDArray gamma = normal(batch.columns());
    INDArray beta = normal(batch.columns());
    INDArray dy = normal(batch);

    // eps as large as can be without hiding an error: one column or equal rows have no variance
    agree(
        batch,
        2,
        (kernels, out) -> {
          INDArray stats = Nd4j.create(DataType.FLOAT, batch.rows(), 2);
          INDArray sum = x.dup('c');
          kernels.layerNorm(sum, residual, gamma, beta, 1e-3f, stats, out.get(0));
          kernels.layerNormGradient(dy, sum, stats, gamma, out.get(1));
        });
  }

  @ParameterizedTest
  @MethodSource("batches")
  void activations(Batch batch) {
    INDArray x = normal(batch).muli(2);
    INDArray dy = normal(batch);

    agree(
        batch,
        4,
        (kernels, out) -> {
          kernels.activate(Activation.GELU, x, out.get(0));
          kernels.activationGradient(Activation.GELU, x, dy, out.get(1));
          kernels.tanh(x, out.get(2));
          kernels.tanhGradient(out.get(2), dy, out.get(3));
        });
  }

  @Test
  void activationsAtTheEndsOfTheRange() {
    float[] ends = {
      0f, -0f, 1e-45f, -1e-45f, 1e-30f, 5.6f, -5.6f, 13.2f, -13.2f, 1e4f, -1e4f, 1e18f, -1e18f
    };
    float[] several = new float[ends.length * 5]; // vectors and what is left over
    for (int i = 0; i < several.length; i++) {
      several[i] = ends[i % ends.length];
    }
    INDArray x = Nd4j.createFromArray(several).reshape('c', 1, several.length);
    INDArray dy = Nd4j.onesLike(x);

    agree(
        new Batch(1, several.length, List.of(1)),
        2,
        (kernels, out) -> {
          kernels.activate(Activation.GELU, x, out.get(0));
          kernels.activationGradient(Activation.GELU, x, dy, out.get(1));
        });
  }

  @Test
  void whatIsNotANumberStaysSo() {
    for (Kernels kernels : cpu(new WorkerPool(1))) {
      INDArray x = normal(1, 67);
      x.putScalar(3, Float.NaN);
      x.putScalar(66, Float.NaN);
      INDArray y = x.like();
      kernels.activate(Activation.GELU, x, y);
      assertThat(y.getFloat(3)).isNaN();
      assertThat(y.getFloat(66)).isNaN();
      assertThat(y.getFloat(4)).isNotNaN();
      kernels.activationGradient(Activation.GELU, x, Nd4j.onesLike(x), y);
      assertThat(y.getFloat(3)).isNaN();
      INDArray q = x.reshape('c', 67, 1);
      INDArray out = q.like();
      int[] offsets = {0, 66, 67};
      kernels.attention(AttentionForm.full(1, 1), q, offsets, q, q, offsets, out);
      assertThat(out.getFloat(0)).isNaN();
    }
  }

  @ParameterizedTest
  @MethodSource("batches")
  void poolingAndSums(Batch batch) {
    int[] offsets = batch.offsets();
    int sequences = offsets.length - 1;
    int[] rows = Arrays.copyOf(offsets, sequences);
    INDArray x = normal(batch);
    INDArray pooled = normal(sequences, batch.columns());

    agree(
        batch,
        4,
        (kernels, out) -> {
          INDArray mean = pooled.like();
          INDArray first = pooled.like();
          kernels.meanPool(x, offsets, mean);
          kernels.takeRows(x, rows, first);
          kernels.meanPoolGradient(mean, offsets, out.get(0));
          kernels.takeRowsGradient(first, rows, out.get(1));
          out.get(2).assign(kernels.sumOfSquares(x) / batch.rows());
          out.get(3).assign(x);
          kernels.scale(-0.75f, out.get(3));
          kernels.axpy(0.5f, x, out.get(3));
        });
  }

  @ParameterizedTest
  @MethodSource("batches")
  void productsWithAnAdaptersFactors(Batch batch) {
    INDArray x = normal(batch);
    for (int rank : new int[] {1, 8, 17}) {
      INDArray a = normal(rank, batch.columns());
      INDArray h = normal(batch.rows(), rank);

      agree(
          batch,
          1,
          (kernels, out) -> {
            INDArray product = h.like();
            kernels.gemm(x, false, a, true, 0.5f, 0f, product);
            out.get(0).assign(x);
            kernels.gemm(product, false, a, false, 0.1f, 1f, out.get(0));
          });
      for (boolean add : new boolean[] {false, true}) {
        agree(
            new Batch(1, batch.columns(), List.of(rank)),
            1,
            (kernels, out) -> {
              out.get(0).assign(add ? a : a.mul(Float.NaN));
              kernels.gemm(h, true, x, false, 0.1f, add ? 2f : 0f, out.get(0));
            });
      }
    }
  }

  @ParameterizedTest
  @MethodSource("batches")
  void linearLayersAndTheirGradients(Batch batch) {
    INDArray x = normal(batch);
    FrozenLinear layer =
        FrozenLinear.of(normal(batch.columns(), batch.columns()), normal(batch.columns()));
    agree(
        batch,
        3,
        (kernels, out) -> {
          kernels.linear(x, List.of(layer), List.of(out.get(0)));
          kernels.linearInputGradient(List.of(x), List.of(layer), false, out.get(1));
          out.get(2).assign(x);
          kernels.linearInputGradient(List.of(x), List.of(layer), true, out.get(2));
        });
    layer.close();
  }

  @ParameterizedTest
  @MethodSource("batches")
  void linearLayersWithWhatFollows(Batch batch) {
    int columns = batch.columns();
    INDArray x = normal(batch);
    INDArray residual = normal(batch);
    INDArray gamma = normal(columns);
    FrozenLinear layer = FrozenLinear.of(normal(columns, columns).muli(0.1), normal(columns));
    agree(
        batch,
        5,
        (kernels, out) -> {
          INDArray stats = Nd4j.create(DataType.FLOAT, batch.rows(), 2);
          kernels.linearActivation(x, layer, Activation.GELU, out.get(0), out.get(1));
          kernels.activationLinearGradient(x, layer, Activation.GELU, residual, out.get(2));
          kernels.linearLayerNorm(
              x, layer, residual, gamma, gamma, 1e-2f, out.get(3), stats, out.get(4));
        });
    layer.close();
  }

  @ParameterizedTest
  @MethodSource("batches")
  void lossesAndOptimiser(Batch batch) {
    INDArray x = normal(batch);
    float[] labels = new float[batch.rows()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = random.nextInt(batch.columns());
    }
    INDArray column = normal(batch.rows(), 1);
    AdamWStep step = new AdamWStep(1e-3, 0.9, 0.999, 1e-8, 0.01, 3, 0.5);
    INDArray squares = x.mul(x);

    agree(
        batch,
        5,
        (kernels, out) -> {
          double loss = kernels.crossEntropy(x, labels, 2f, out.get(0));
          INDArray gradient = column.like();
          loss += kernels.squaredError(column, labels, 0.5f, gradient);
          out.get(1).assign(loss + gradient.sumNumber().doubleValue() / labels.length);
          out.get(2).assign(x);
          out.get(3).assign(squares);
          out.get(4).assign(x);
          kernels.adamW(step, out.get(2), out.get(4), x.dup('c'), out.get(3));
        });
  }

  /** The results of all implementations, [rows, columns] each, agree; threads change no bit. */
  private void agree(Batch batch, int results, BiConsumer<Kernels, List<INDArray>> operation) {
    List<INDArray> expected = results(batch, results);
    operation.accept(portable, expected);
    try (WorkerPool one = new WorkerPool(1);
        WorkerPool three = new WorkerPool(3)) {
      List<Kernels> single = cpu(one);
      List<Kernels> several = cpu(three);
      for (int i = 0; i < single.size(); i++) {
        List<INDArray> actual = results(batch, results);
        operation.accept(single.get(i), actual);
        List<INDArray> again = results(batch, results);
        operation.accept(several.get(i), again);
        for (int r = 0; r < results; r++) {
          assertThatTensor(actual.get(r)).isCloseTo(expected.get(r), TOLERANCE, TOLERANCE);
          assertThatTensor(again.get(r)).hasSameBitsAs(actual.get(r));
        }
      }
    }
  }

  private static List<Kernels> cpu(WorkerPool pool) {
    return List.of(
        new CpuKernels(pool, null, Precision.FP32, PlainArithmetic::new),
        new CpuKernels(pool, OneDnn.find().orElse(null), Precision.FP32, Arithmetic::best));
  }

  private static List<INDArray> results(Batch batch, int count) {
    return java.util.stream.Stream.generate(
            () -> Nd4j.create(DataType.FLOAT, batch.rows(), batch.columns()))
        .limit(count)
        .toList();
  }

  private INDArray normal(Batch batch) {
    return normal(batch.rows(), batch.columns());
  }

  private INDArray normal(int... shape) {
    int length = 1;
    for (int size : shape) {
      length *= size;
    }
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    long[] sizes = java.util.Arrays.stream(shape).asLongStream().toArray();
    return Nd4j.createFromArray(values).reshape('c', sizes);
  }
}
