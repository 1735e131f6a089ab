package dev.orthant.core.kernel;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.spi.ShapeMismatchException;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Every operation of both implementations against the portable one in double precision, every
 * gradient against central differences of that.
 */
final class KernelsTest {

  /** Sums of a few hundred products of numbers about 1, in single precision. */
  private static final double ABSOLUTE = 2e-5;

  private static final double RELATIVE = 2e-5;

  /** Central differences in double precision with this step are good to about 1e-9. */
  private static final double STEP = 1e-5;

  private static final int TOKENS = 5;
  private static final int[] OFFSETS = {0, 3, 4};
  private static final AttentionForm TWO_HEADS = AttentionForm.full(2, 2);

  private final WorkerPool pool = new WorkerPool(3);
  private final Random random = new Random(20260301);
  private final Kernels reference = new PortableKernels(); // in double precision

  enum Implementation {
    VECTOR,
    PLAIN,
    PORTABLE
  }

  @AfterEach
  void closePool() {
    pool.close();
  }

  private Kernels kernels(Implementation implementation) {
    return switch (implementation) {
      case VECTOR -> new CpuKernels(pool); // the tests run with the vector API
      case PLAIN -> new CpuKernels(pool, null, Precision.FP32, PlainArithmetic::new);
      case PORTABLE -> new PortableKernels();
    };
  }

  @ParameterizedTest
  @EnumSource
  void productsOfAllForms(Implementation implementation) {
    Kernels kernels = kernels(implementation);
    for (int[] size : new int[][] {{3, 4, 5}, {300, 8, 40}, {8, 300, 70}, {90, 95, 64}}) {
      for (int form = 0; form < 4; form++) {
        boolean ta = (form & 1) != 0;
        boolean tb = (form & 2) != 0;
        INDArray a = ta ? normal(size[2], size[0]) : normal(size[0], size[2]);
        INDArray b = tb ? normal(size[1], size[2]) : normal(size[2], size[1]);
        INDArray c = normal(size[0], size[1]);
        INDArray expected =
            (ta ? wide(a).transpose() : wide(a)).mmul(tb ? wide(b).transpose() : wide(b));
        expected.muli(0.5).addi(wide(c).mul(-2));

        kernels.gemm(a, ta, b, tb, 0.5f, -2f, c);

        assertClose(c, expected);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void gramOnAndBelowTheDiagonal(Implementation implementation) {
    for (int[] size : new int[][] {{1, 1}, {7, 2}, {4, 50}, {90, 515}}) {
      INDArray x = normal(size[0], size[1]);
      INDArray c = Nd4j.valueArrayOf(new long[] {size[1], size[1]}, Float.NaN, DataType.FLOAT);
      INDArray expected = wide(x).transpose().mmul(wide(x));

      kernels(implementation).gram(x, c);

      for (int i = 0; i < size[1]; i++) {
        for (int j = 0; j <= i; j++) {
          double error = ABSOLUTE + RELATIVE * Math.abs(expected.getDouble(i, j));
          assertThat(c.getDouble(i, j)).isCloseTo(expected.getDouble(i, j), within(error));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void productsIgnoreWhatAnOverwrittenResultHeld(Implementation implementation) {
    INDArray c = Nd4j.valueArrayOf(new long[] {2, 2}, Float.NaN, DataType.FLOAT);
    INDArray one = Nd4j.eye(2).castTo(DataType.FLOAT);

    kernels(implementation).gemm(one, false, one, false, 1f, 0f, c);

    assertThatTensor(c).hasSameBitsAs(one);
  }

  @ParameterizedTest
  @EnumSource
  void arraysMayLieAnywhereInABuffer(Implementation implementation) {
    Kernels kernels = kernels(implementation);
    INDArray buffer = normal(40);
    INDArray x = Nd4j.create(buffer.data(), new long[] {3, 4}, new long[] {4, 1}, 5, 'c');
    INDArray y = Nd4j.create(buffer.data(), new long[] {3, 4}, new long[] {4, 1}, 20, 'c');
    INDArray before = buffer.dup();
    INDArray expected = wide(y).add(wide(x).mul(2));

    kernels.axpy(2f, x, y);

    assertClose(y, expected);
    assertThat(buffer.getFloat(19)).isEqualTo(before.getFloat(19));
    assertThat(buffer.getFloat(32)).isEqualTo(before.getFloat(32));
    INDArray square = Nd4j.create(DataType.FLOAT, 3, 3);
    kernels.gemm(x, false, x, true, 1f, 0f, square);
    assertClose(square, wide(x).mmul(wide(x).transpose()));
  }

  @ParameterizedTest
  @EnumSource
  void columnsAreScaledAndMultiplied(Implementation implementation) {
    Kernels kernels = kernels(implementation);
    INDArray x = normal(200, 5);
    INDArray dy = normal(200, 5);
    INDArray factors = normal(5);
    INDArray shifts = normal(5);
    INDArray sums = normal(5);
    INDArray expected = wide(x).mulRowVector(wide(factors)).addRowVector(wide(shifts));
    INDArray expectedSums = wide(sums).add(wide(x).mul(wide(dy)).sum(0));

    kernels.addColumnDots(x, dy, sums);
    kernels.scaleColumns(x, factors, shifts, x);

    assertClose(sums, expectedSums);
    assertClose(x, expected);
  }

  @ParameterizedTest
  @EnumSource
  void linearAndItsGradients(Implementation implementation) {
    Kernels kernels = kernels(implementation);
    INDArray x = normal(TOKENS, 6);
    INDArray w = normal(4, 6);
    INDArray bias = normal(4);
    INDArray dy = normal(TOKENS, 4);
    INDArray y = like(dy);
    INDArray dx = normal(TOKENS, 6);
    INDArray dw = normal(4, 6);
    INDArray db = normal(4);
    INDArray expectedDx =
        wide(dx).add(gradient(wide(x), v -> sum(linear(v, wide(w), wide(bias)), dy)));
    INDArray expectedDw =
        wide(dw).add(gradient(wide(w), v -> sum(linear(wide(x), v, wide(bias)), dy)));
    INDArray expectedDb =
        wide(db).add(gradient(wide(bias), v -> sum(linear(wide(x), wide(w), v), dy)));

    kernels.linear(x, w, bias, y);
    kernels.linearInputGradient(dy, w, true, dx);
    kernels.linearWeightGradient(dy, x, dw, db);

    assertClose(y, linear(wide(x), wide(w), wide(bias)));
    assertClose(dx, expectedDx);
    assertClose(dw, expectedDw);
    assertClose(db, expectedDb);
  }

  private INDArray linear(INDArray x, INDArray w, INDArray bias) {
    return x.mmul(w.transpose()).addRowVector(bias);
  }

  @ParameterizedTest
  @EnumSource
  void layerNormAndItsGradient(Implementation implementation) {
    Kernels kernels = kernels(implementation);
    INDArray x = normal(TOKENS, 11);
    INDArray residual = normal(TOKENS, 11);
    INDArray gamma = normal(11);
    INDArray beta = normal(11);
    INDArray dy = normal(TOKENS, 11);
    INDArray stats = Nd4j.create(DataType.FLOAT, TOKENS, 2);
    INDArray y = like(dy);
    INDArray ds = like(dy);
    INDArray sum = wide(x).add(wide(residual));
    ToDoubleFunction<INDArray> loss = v -> sum(layerNorm(v, gamma, beta), dy);

    kernels.layerNorm(x, residual, gamma, beta, 1e-5f, stats, y);
    kernels.layerNormGradient(dy, x, stats, gamma, ds);

    assertClose(x, sum);
    assertClose(y, layerNorm(sum, gamma, beta));
    assertClose(ds, gradient(sum, loss));
  }

  private INDArray layerNorm(INDArray s, INDArray gamma, INDArray beta) {
    INDArray y = s.like();
    reference.layerNorm(
        s.dup(), null, wide(gamma), wide(beta), 1e-5f, Nd4j.create(DataType.DOUBLE, TOKENS, 2), y);
    return y;
  }

  @ParameterizedTest
  @EnumSource
  void layerNormOfARowByHand(Implementation implementation) {
    // mean 2, variance ((1-2)^2 + (3-2)^2) / 2 = 1: normalised -1 and 1
    INDArray x = Nd4j.createFromArray(new float[][] {{1, 3}});
    INDArray y = like(x);
    INDArray stats = Nd4j.create(DataType.FLOAT, 1, 2);

    kernels(implementation)
        .layerNorm(
            x, null, Nd4j.createFromArray(2f, 3f), Nd4j.createFromArray(10f, 20f), 0f, stats, y);

    assertClose(y, Nd4j.createFromArray(new double[][] {{8, 23}}));
    assertClose(stats, Nd4j.createFromArray(new double[][] {{2, 1}}));
  }

  @ParameterizedTest
  @EnumSource
  void geluIsTheExactOne(Implementation implementation) {
    int n = 5001;
    INDArray x = Nd4j.linspace(DataType.FLOAT, -12, 24.0 / (n - 1), n);
    INDArray y = like(x);
    INDArray dx = like(x);

    kernels(implementation).activate(Activation.GELU, x, y);
    kernels(implementation).activationGradient(Activation.GELU, x, Nd4j.onesLike(x), dx);

    for (int i = 0; i < n; i++) {
      double v = x.getFloat(i);
      double cdf = 0.5 * Erf.erfc(-v / Math.sqrt(2));
      double pdf = Math.exp(-v * v / 2) / Math.sqrt(2 * Math.PI);
      double tolerance =
          5e-7 * Math.max(1, Math.abs(v)); // a few units in the last place of 1 + erf
      assertThat((double) y.getFloat(i)).as("gelu(%s)", v).isCloseTo(v * cdf, within(tolerance));
      assertThat((double) dx.getFloat(i))
          .as("gelu'(%s)", v)
          .isCloseTo(cdf + v * pdf, within(tolerance));
    }
  }

  @ParameterizedTest
  @EnumSource
  void tanhAndItsGradient(Implementation implementation) {
    Kernels kernels = kernels(implementation);
    INDArray x = normal(4, 7);
    INDArray dy = normal(4, 7);
    INDArray y = like(x);
    INDArray dx = like(x);

    kernels.tanh(x, y);
    kernels.tanhGradient(y, dy, dx);

    ToDoubleFunction<INDArray> loss =
        v -> {
          INDArray t = v.like();
          reference.tanh(v, t);
          return sum(t, dy);
        };
    assertThat(y.getFloat(1, 2)).isCloseTo((float) Math.tanh(x.getFloat(1, 2)), within(1e-6f));
    assertClose(dx, gradient(wide(x), loss));
  }

  @ParameterizedTest
  @EnumSource
  void attentionAndItsGradients(Implementation implementation) {
    Kernels kernels = kernels(implementation);
    INDArray q = normal(4, 4);
    INDArray k = normal(4, 4);
    INDArray v = normal(4, 4);
    INDArray dOut = normal(4, 4);
    INDArray out = like(q);
    INDArray dq = like(q);
    INDArray dk = like(q);
    INDArray dv = like(q);

    kernels.attention(TWO_HEADS, q, OFFSETS, k, v, OFFSETS, out);
    kernels.attentionGradient(TWO_HEADS, q, OFFSETS, k, v, OFFSETS, dOut, dq, dk, dv);

    assertClose(out, attention(wide(q), wide(k), wide(v)));
    assertClose(dq, gradient(wide(q), t -> sum(attention(t, wide(k), wide(v)), dOut)));
    assertClose(dk, gradient(wide(k), t -> sum(attention(wide(q), t, wide(v)), dOut)));
    assertClose(dv, gradient(wide(v), t -> sum(attention(wide(q), wide(k), t), dOut)));
  }

  private INDArray attention(INDArray q, INDArray k, INDArray v) {
    INDArray out = q.like();
    reference.attention(TWO_HEADS, q, OFFSETS, k, v, OFFSETS, out);
    return out;
  }

  @ParameterizedTest
  @EnumSource
  void attentionByHand(Implementation implementation) {
    // One head of width 1, so scores q k; the second sequence has one token and attends to itself.
    // Row 0: scores ln 3 and 0, probabilities 3/4 and 1/4, 3/4 * 4 + 1/4 * 8 = 5.
    // Row 1: scores 0 and 0, (4 + 8) / 2 = 6.
    INDArray q = column(1, 0, 9);
    INDArray k = column((float) Math.log(3), 0, 7);
    INDArray v = column(4, 8, 2);
    INDArray out = like(q);

    int[] offsets = {0, 2, 3};
    kernels(implementation).attention(AttentionForm.full(1, 1), q, offsets, k, v, offsets, out);

    assertClose(out, wide(column(5, 6, 2)));
  }

  @ParameterizedTest
  @EnumSource
  void attentionOfLongSequencesAndLargeScores(Implementation implementation) {
    int[] offsets = {0, 210};
    INDArray q = normal(210, 32).muli(6);
    INDArray k = normal(210, 32).muli(6);
    INDArray v = normal(210, 32);
    INDArray out = like(q);
    INDArray expected = wide(q).like();
    AttentionForm form = AttentionForm.full(2, 16);
    reference.attention(form, wide(q), offsets, wide(k), wide(v), offsets, expected);

    kernels(implementation).attention(form, q, offsets, k, v, offsets, out);

    // scores of about 150 are rounded by 1e-5, and that is the relative error of a probability
    assertThatTensor(out.castTo(DataType.DOUBLE)).isCloseTo(expected, 2e-4, 2e-4);
  }

  @ParameterizedTest
  @EnumSource
  void embeddingsAndPooling(Implementation implementation) {
    Kernels kernels = kernels(implementation);
    int[] ids = {3, 0, 2, 3};
    int[] types = {0, 1, 0, 1};
    int[] offsets = {0, 1, 4};
    INDArray word = normal(4, 3);
    INDArray position = normal(5, 3);
    INDArray type = normal(2, 3);
    INDArray x = Nd4j.create(DataType.FLOAT, 4, 3);
    INDArray mean = Nd4j.create(DataType.FLOAT, 2, 3);
    INDArray first = Nd4j.create(DataType.FLOAT, 2, 3);
    INDArray dMean = like(x);
    INDArray dFirst = like(x);

    kernels.embed(ids, new int[] {0, 0, 1, 2}, types, word, position, type, x);
    kernels.meanPool(x, offsets, mean);
    kernels.takeRows(x, new int[] {0, 1}, first);
    kernels.meanPoolGradient(mean, offsets, dMean);
    kernels.takeRowsGradient(mean, new int[] {0, 1}, dFirst);

    float third = word.getFloat(3, 1) + position.getFloat(2, 1) + type.getFloat(1, 1);
    assertThat(x.getFloat(3, 1)).isCloseTo(third, within(1e-6f));
    assertClose(mean.getRow(0), wide(x.getRow(0)));
    float sum = x.getFloat(1, 2) + x.getFloat(2, 2) + x.getFloat(3, 2);
    assertThat(mean.getFloat(1, 2)).isCloseTo(sum / 3, within(1e-6f));
    assertClose(first.getRow(1), wide(x.getRow(1)));
    assertThat(dMean.getFloat(2, 0)).isCloseTo(mean.getFloat(1, 0) / 3, within(1e-6f));
    assertClose(dFirst.getRow(1), wide(mean.getRow(1)));
    assertClose(dFirst.getRow(2), Nd4j.zeros(DataType.DOUBLE, 3));
  }

  @ParameterizedTest
  @EnumSource
  void idsOutOfRangeAreNamed(Implementation implementation) {
    Kernels kernels = kernels(implementation);
    INDArray word = normal(4, 3);
    INDArray position = normal(2, 3);
    INDArray type = normal(1, 3);
    INDArray out = normal(3, 3);
    int[] zeros = new int[3];

    assertThatThrownBy(
            () -> kernels.embed(new int[] {0, 1, 4}, zeros, zeros, word, position, type, out))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("token id 4 at row 2 is out of range, expected [0, 4)");
    assertThatThrownBy(
            () -> kernels.embed(zeros, zeros, new int[] {0, 0, 1}, word, position, type, out))
        .hasMessage("type id 1 at row 2 is out of range, expected [0, 1)");
    assertThatThrownBy(
            () -> kernels.embed(zeros, new int[] {0, 1, 2}, zeros, word, position, type, out))
        .hasMessage("position id 2 at row 2 is out of range, expected [0, 2)");
  }

  @ParameterizedTest
  @EnumSource
  void crossEntropyByHandAndItsGradient(Implementation implementation) {
    Kernels kernels = kernels(implementation);
    // probabilities 3/4, 1/4 and 1/2, 1/2
    INDArray logits = Nd4j.createFromArray(new float[][] {{(float) Math.log(3), 0}, {5, 5}});
    INDArray gradient = like(logits);

    double loss = kernels.crossEntropy(logits, new float[] {1, 0}, 2f, gradient);

    assertThat(loss).isCloseTo((Math.log(4) + Math.log(2)) / 2, within(1e-7));
    assertClose(gradient, Nd4j.createFromArray(new double[][] {{0.75, -0.75}, {-0.5, 0.5}}));
    assertThatThrownBy(() -> kernels.crossEntropy(logits, new float[] {1, 2}, 1f, gradient))
        .hasMessage("label 2.0 of row 1 is not a class in [0, 2)");
  }

  @ParameterizedTest
  @EnumSource
  void squaredErrorByHandAndItsGradient(Implementation implementation) {
    INDArray predictions = column(1, 4);
    INDArray gradient = like(predictions);

    double loss =
        kernels(implementation).squaredError(predictions, new float[] {3, 3}, 0.5f, gradient);

    assertThat(loss).isCloseTo((4 + 1) / 2.0, within(1e-7));
    assertClose(gradient, wide(column(-1, 0.5f)));
  }

  @ParameterizedTest
  @EnumSource
  void dropoutKeepsTheMeanAndRepeatsItself(Implementation implementation) {
    Kernels kernels = kernels(implementation);
    INDArray x = Nd4j.ones(DataType.FLOAT, 101, 997);
    INDArray y = like(x);
    INDArray again = like(x);
    INDArray other = like(x);
    INDArray portable = like(x);

    kernels.dropout(x, 0.3f, 7, y);
    kernels.dropout(x, 0.3f, 7, again);
    kernels.dropout(x, 0.3f, 8, other);
    reference.dropout(x, 0.3f, 7, portable);

    assertThatTensor(again).hasSameBitsAs(y);
    assertThatTensor(portable).hasSameBitsAs(y);
    assertThat(other).isNotEqualTo(y);
    // 100,697 draws: the standard error of the share kept is 0.0015, of the mean 0.0021
    assertThat(y.meanNumber().doubleValue()).isCloseTo(1, within(0.008));
    assertThat(y.maxNumber().floatValue()).isCloseTo(1 / 0.7f, within(1e-6f));
  }

  @ParameterizedTest
  @EnumSource
  void adamWByHand(Implementation implementation) {
    // With beta1 = 0.5, beta2 = 0.75 and two steps on the gradients 2 and -4, learning rate 0.1,
    // weight decay 0.5: m = 1, v = 1, corrected 2 and 4, p = 0.95 p - 0.1 * 2 / 2;
    // then m = -1.5, v = 4.75, corrected -1.5 / 0.75 = -2 and 4.75 / 0.4375.
    Kernels kernels = kernels(implementation);
    INDArray p = Nd4j.createFromArray(3f);
    INDArray m = Nd4j.zeros(DataType.FLOAT, 1);
    INDArray v = Nd4j.zeros(DataType.FLOAT, 1);

    kernels.adamW(new AdamWStep(0.1, 0.5, 0.75, 0, 0.5, 1, 1), p, Nd4j.createFromArray(2f), m, v);
    double first = p.getDouble(0);
    kernels.adamW(new AdamWStep(0.1, 0.5, 0.75, 0, 0.5, 2, 1), p, Nd4j.createFromArray(-4f), m, v);

    assertThat(first).isCloseTo(0.95 * 3 - 0.1, within(1e-6));
    assertThat(p.getDouble(0))
        .isCloseTo(0.95 * (0.95 * 3 - 0.1) + 0.1 * 2 / Math.sqrt(4.75 / 0.4375), within(1e-6));
    assertThat(m.getDouble(0)).isEqualTo(-1.5);
    assertThat(v.getDouble(0)).isEqualTo(4.75);
  }

  @Test
  void adamWIsTheSameInBothImplementations() {
    AdamWStep step = new AdamWStep(1e-3, 0.9, 0.999, 1e-8, 0.01, 7, 1);
    INDArray p = normal(50, 51);
    INDArray g = normal(50, 51);
    INDArray m = normal(50, 51);
    INDArray v = normal(50, 51).muli(0.1);
    v.muli(v);
    INDArray widened = wide(p);
    reference.adamW(step, widened, wide(g), wide(m), wide(v));

    new CpuKernels(pool).adamW(step, p, g, m, v);

    assertClose(p, widened);
  }

  @Test
  void adamWRefusesValuesOutOfRange() {
    assertThatThrownBy(() -> new AdamWStep(1e-3, 1, 0.999, 1e-8, 0, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("beta1 must be in [0, 1), was 1.0");
    assertThatThrownBy(() -> new AdamWStep(1e-3, 0.9, 0.999, 1e-8, 0, 0, 1))
        .hasMessage("step must be at least 1, was 0");
  }

  @Test
  void aFailureInAWorkerReachesTheCaller() {
    assertThatThrownBy(
            () ->
                pool.forEach(
                    100,
                    block -> {
                      if (block == 57) {
                        throw new IllegalStateException("block 57");
                      }
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("block 57");
    assertThatThrownBy(() -> new WorkerPool(0)).hasMessage("a pool needs at least 1 thread, was 0");
  }

  @ParameterizedTest
  @EnumSource
  void sumsAndScales(Implementation implementation) {
    Kernels kernels = kernels(implementation);
    INDArray x = normal(70, 101);
    INDArray expected = wide(x).mul(0.25);
    double squares = wide(x).mul(wide(x)).sumNumber().doubleValue();

    double sum = kernels.sumOfSquares(x);
    kernels.scale(0.25f, x);

    assertThat(sum).isCloseTo(squares, within(1e-9 * squares));
    assertClose(x, expected);
  }

  @Test
  void theNumberOfThreadsDoesNotChangeABit() {
    INDArray x = normal(333, 48);
    INDArray w = normal(96, 48);
    INDArray one = Nd4j.create(DataType.FLOAT, 333, 96);
    INDArray three = like(one);
    INDArray dwOne = Nd4j.zeros(DataType.FLOAT, 96, 48);
    INDArray dwThree = like(dwOne).assign(0);
    try (WorkerPool single = new WorkerPool(1)) {
      Kernels kernels = new CpuKernels(single);
      kernels.linear(x, w, null, one);
      kernels.linearWeightGradient(one, x, dwOne, null);
    }

    Kernels kernels = new CpuKernels(pool);
    kernels.linear(x, w, null, three);
    kernels.linearWeightGradient(three, x, dwThree, null);

    assertThatTensor(three).hasSameBitsAs(one);
    assertThatTensor(dwThree).hasSameBitsAs(dwOne);
  }

  @Test
  void arraysThatAreNotDenseRowMajorFloatsAreRefused() {
    Kernels kernels = new CpuKernels(pool);
    INDArray x = normal(3, 4);

    assertThatThrownBy(() -> kernels.scale(2f, x.transpose()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected a dense row-major array");
    assertThatThrownBy(() -> kernels.scale(2f, wide(x)))
        .hasMessage("'x' has elements of type DOUBLE, expected FLOAT");
    assertThatThrownBy(() -> kernels.axpy(1f, x, normal(4, 3)))
        .isInstanceOf(ShapeMismatchException.class)
        .hasMessage("tensor 'y' has shape [4, 3], expected [3, 4]");
  }

  private static void assertClose(INDArray actual, INDArray expected) {
    assertThatTensor(actual.castTo(DataType.DOUBLE)).isCloseTo(expected, ABSOLUTE, RELATIVE);
  }

  private static INDArray gradient(INDArray at, ToDoubleFunction<INDArray> loss) {
    INDArray gradient = at.like();
    for (long i = 0; i < at.length(); i++) {
      double value = at.getDouble(i);
      INDArray moved = at.dup('c');
      moved.putScalar(i, value + STEP);
      double above = loss.applyAsDouble(moved);
      moved.putScalar(i, value - STEP);
      double below = loss.applyAsDouble(moved);
      gradient.putScalar(i, (above - below) / (2 * STEP));
    }
    return gradient;
  }

  private static double sum(INDArray y, INDArray weights) {
    return y.mul(wide(weights)).sumNumber().doubleValue();
  }

  private INDArray normal(long... shape) {
    float[] values = new float[(int) java.util.Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Nd4j.createFromArray(values).reshape('c', shape);
  }

  private static INDArray column(float... values) {
    return Nd4j.createFromArray(values).reshape('c', values.length, 1);
  }

  private static INDArray wide(INDArray x) {
    return x.dup('c').castTo(DataType.DOUBLE);
  }

  private static INDArray like(INDArray x) {
    return Nd4j.create(DataType.FLOAT, x.shape(), 'c');
  }
}
