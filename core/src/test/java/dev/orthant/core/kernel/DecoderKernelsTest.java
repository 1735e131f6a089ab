package dev.orthant.core.kernel;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What decoders need beside an encoder's operations: all implementations against the portable one
 * in double precision, and its gradients against central differences.
 */
final class DecoderKernelsTest {

  /** Sums of a few hundred products of numbers about 1, in single precision. */
  private static final double TOLERANCE = 3e-5;

  /** Central differences in double precision with this step are good to about 1e-9. */
  private static final double STEP = 1e-5;

  private static final double DIFFERENCES = 1e-7;

  private final Random random = new Random(20261122);
  private final Kernels reference = new PortableKernels(); // in double precision

  /** An attention, with the lengths of its sequences. */
  record Case(AttentionForm form, int width, int[] queries, int[] keys) {

    @Override
    public String toString() {
      return form + " of width " + width;
    }
  }

  static List<Case> cases() {
    float[][] table = {{-1f, 0.5f, 0.25f, 2f}, {0f, 1f, -0.5f, 0.125f}};
    RelativeBias bias = new RelativeBias(table, 2);
    return List.of(
        new Case(AttentionForm.causal(1, 1, 2), 2, new int[] {0, 1}, new int[] {0, 1}),
        new Case(AttentionForm.causal(2, 2, 3), 3, new int[] {0, 5, 6}, new int[] {0, 5, 6}),
        new Case(AttentionForm.causal(4, 2, 5), 5, new int[] {0, 3, 10}, new int[] {0, 3, 10}),
        new Case(
            AttentionForm.causal(6, 2, 4).withWindow(3), 4, new int[] {0, 7}, new int[] {0, 7}),
        new Case(AttentionForm.causal(2, 1, 4), 4, new int[] {0, 1, 3}, new int[] {0, 6, 9}),
        new Case(
            new AttentionForm(2, 2, 1f, false, 0, bias),
            3,
            new int[] {0, 4, 5},
            new int[] {0, 4, 5}),
        new Case(
            new AttentionForm(2, 2, 1f, true, 0, bias),
            3,
            new int[] {0, 2, 4},
            new int[] {0, 5, 8}),
        new Case(
            new AttentionForm(2, 2, 1f, false, 0, null),
            3,
            new int[] {0, 4, 5},
            new int[] {0, 2, 9}),
        new Case(AttentionForm.causal(8, 4, 16), 16, new int[] {0, 90}, new int[] {0, 90}));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void attentionOfAllForms(Case c) {
    INDArray q = normal(c.queries()[c.queries().length - 1], c.form().heads() * c.width());
    INDArray k = normal(c.keys()[c.keys().length - 1], c.form().keyHeads() * c.width());
    INDArray v = normal(k.shape());
    INDArray dOut = normal(q.shape());

    agree(
        List.of(q, q, k, k),
        List.of(q, k, v, dOut),
        (kernels, a, out) -> {
          kernels.attention(
              c.form(), a.get(0), c.queries(), a.get(1), a.get(2), c.keys(), out.get(0));
          kernels.attentionGradient(
              c.form(),
              a.get(0),
              c.queries(),
              a.get(1),
              a.get(2),
              c.keys(),
              a.get(3),
              out.get(1),
              out.get(2),
              out.get(3));
        });
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientsOfAttentionAreItsDifferences(Case c) {
    INDArray q = wide(normal(c.queries()[c.queries().length - 1], c.form().heads() * c.width()));
    INDArray k = wide(normal(c.keys()[c.keys().length - 1], c.form().keyHeads() * c.width()));
    INDArray v = wide(normal(k.shape()));
    INDArray dOut = wide(normal(q.shape()));
    if (q.length() > 100) {
      return; // the smaller cases have every option
    }
    INDArray dq = q.like();
    INDArray dk = k.like();
    INDArray dv = k.like();

    reference.attentionGradient(c.form(), q, c.queries(), k, v, c.keys(), dOut, dq, dk, dv);

    assertDifferences(dq, q, t -> attention(c, t, k, v, dOut));
    assertDifferences(dk, k, t -> attention(c, q, t, v, dOut));
    assertDifferences(dv, v, t -> attention(c, q, k, t, dOut));
  }

  private double attention(Case c, INDArray q, INDArray k, INDArray v, INDArray dOut) {
    INDArray out = q.like();
    reference.attention(c.form(), q, c.queries(), k, v, c.keys(), out);
    return out.mul(dOut).sumNumber().doubleValue();
  }

  @Test
  void causalAttentionByHand() {
    // One head of width 1 and scores 0 throughout: row i is the mean of the values up to i, and of
    // the last two with a window of 2.
    INDArray zeros = Nd4j.zeros(DataType.FLOAT, 3, 1);
    INDArray v = Nd4j.createFromArray(3f, 5f, 10f).reshape('c', 3, 1);
    int[] offsets = {0, 3};
    AttentionForm causal = AttentionForm.causal(1, 1, 1);
    for (Kernels kernels : implementations(new WorkerPool(1))) {
      INDArray out = v.like();

      kernels.attention(causal, zeros, offsets, zeros, v, offsets, out);
      assertThatTensor(out).isCloseTo(Nd4j.createFromArray(3f, 4f, 6f).reshape(3, 1), 1e-6, 1e-6);

      kernels.attention(causal.withWindow(2), zeros, offsets, zeros, v, offsets, out);
      assertThatTensor(out).isCloseTo(Nd4j.createFromArray(3f, 4f, 7.5f).reshape(3, 1), 1e-6, 1e-6);
    }
  }

  @ParameterizedTest
  @EnumSource
  void activationsAndGates(Activation f) {
    INDArray x = normal(7, 331).muli(2);
    INDArray up = normal(7, 331);
    INDArray dy = normal(7, 331);

    agree(
        List.of(x, x, x, x, x),
        List.of(x, up, dy),
        (kernels, a, out) -> {
          kernels.activate(f, a.get(0), out.get(0));
          kernels.activationGradient(f, a.get(0), a.get(2), out.get(1));
          kernels.gate(f, a.get(0), a.get(1), out.get(2));
          kernels.gateGradient(f, a.get(0), a.get(1), a.get(2), out.get(3), out.get(4));
        });
  }

  @ParameterizedTest
  @EnumSource
  void gradientsOfGatesAreTheirDifferences(Activation f) {
    INDArray x = wide(normal(3, 5));
    INDArray up = wide(normal(3, 5));
    INDArray dy = wide(normal(3, 5));
    INDArray dGate = x.like();
    INDArray dUp = x.like();

    reference.gateGradient(f, x, up, dy, dGate, dUp);

    assertDifferences(dGate, x, t -> gate(f, t, up, dy));
    assertDifferences(dUp, up, t -> gate(f, x, t, dy));
  }

  private double gate(Activation f, INDArray x, INDArray up, INDArray dy) {
    INDArray y = x.like();
    reference.gate(f, x, up, y);
    return y.mul(dy).sumNumber().doubleValue();
  }

  @Test
  void activationsByHand() {
    // at 1: silu = 1 / (1 + 1/e); quick gelu = 1 / (1 + e^-1.702);
    // tanh gelu = (1 + tanh(0.7978846 * 1.044715)) / 2
    INDArray x = Nd4j.createFromArray(new float[][] {{1f, 0f, -2f}});
    for (Kernels kernels : implementations(new WorkerPool(1))) {
      INDArray y = x.like();
      kernels.activate(Activation.SILU, x, y);
      assertThatTensor(y)
          .isCloseTo(Nd4j.createFromArray(new float[][] {{0.7310586f, 0f, -0.2384058f}}), 1e-6, 0);
      kernels.activate(Activation.QUICK_GELU, x, y);
      assertThatTensor(y)
          .isCloseTo(Nd4j.createFromArray(new float[][] {{0.8457958f, 0f, -0.0643376f}}), 1e-5, 0);
      kernels.activate(Activation.GELU_TANH, x, y);
      assertThatTensor(y)
          .isCloseTo(Nd4j.createFromArray(new float[][] {{0.8411920f, 0f, -0.0454023f}}), 1e-6, 0);
      kernels.activate(Activation.RELU, x, y);
      assertThatTensor(y).isCloseTo(Nd4j.createFromArray(new float[][] {{1f, 0f, 0f}}), 0, 0);
    }
  }

  @Test
  void rmsNormWithAndWithoutResidual() {
    for (int[] size : new int[][] {{1, 1}, {1, 7}, {5, 33}, {70, 300}}) {
      INDArray x = normal(size[0], size[1]);
      INDArray residual = normal(size[0], size[1]);
      INDArray gamma = normal(size[1]);
      INDArray dy = normal(size[0], size[1]);
      agree(
          List.of(x, x, x, x),
          List.of(x, residual, gamma, dy),
          (kernels, a, out) -> {
            INDArray stats = Nd4j.create(a.get(0).dataType(), size[0], 1);
            out.get(0).assign(a.get(0));
            kernels.rmsNorm(out.get(0), a.get(1), a.get(2), 1e-2f, stats, out.get(1));
            kernels.rmsNormGradient(a.get(3), out.get(0), stats, a.get(2), out.get(2));
            INDArray plain = a.get(0).dup('c');
            kernels.rmsNorm(plain, null, a.get(2), 1e-2f, stats, out.get(3));
          });
    }
  }

  @Test
  void gradientOfRmsNormIsItsDifferences() {
    INDArray s = wide(normal(3, 4));
    INDArray gamma = wide(normal(4));
    INDArray dy = wide(normal(3, 4));
    INDArray stats = Nd4j.create(DataType.DOUBLE, 3, 1);
    INDArray ds = s.like();

    reference.rmsNorm(s, null, gamma, 1e-2f, stats, s.like());
    reference.rmsNormGradient(dy, s, stats, gamma, ds);

    assertDifferences(
        ds,
        s,
        t -> {
          INDArray y = t.like();
          reference.rmsNorm(t.dup('c'), null, gamma, 1e-2f, Nd4j.create(DataType.DOUBLE, 3, 1), y);
          return y.mul(dy).sumNumber().doubleValue();
        });
  }

  @Test
  void rotationsOfPositionsAndBack() {
    Rotation rotation = Rotation.of(6, 100);
    int[] positions = {0, 3, 700, 1};
    INDArray x = normal(4, 18);
    agree(
        List.of(x, x),
        List.of(x),
        (kernels, a, out) -> {
          out.get(0).assign(a.get(0));
          kernels.rotate(out.get(0), rotation, positions, false);
          out.get(1).assign(out.get(0));
          kernels.rotate(out.get(1), rotation, positions, true);
          assertThatTensor(out.get(1)).isCloseTo(a.get(0), 1e-6, 1e-6);
        });
  }

  @Test
  void aRotationByHand() {
    // a head of width 2 at position 2 is turned by 2 radians: (1, 0) becomes (cos 2, sin 2)
    INDArray x = Nd4j.createFromArray(new float[][] {{1f, 0f}});

    reference.rotate(x, Rotation.of(2, 10000), new int[] {2}, false);

    assertThatTensor(x)
        .isCloseTo(Nd4j.createFromArray(new float[][] {{-0.41614684f, 0.90929743f}}), 1e-6, 0);
  }

  @Test
  void columnsAreSplitAndJoined() {
    INDArray x = normal(5, 9);
    agree(
        List.of(normal(5, 2), normal(5, 4), normal(5, 3), x),
        List.of(x),
        (kernels, a, out) -> {
          kernels.splitColumns(a.get(0), out.subList(0, 3));
          kernels.joinColumns(out.subList(0, 3), out.get(3));
          assertThatTensor(out.get(3)).hasSameBitsAs(a.get(0));
          assertThat(out.get(1).getDouble(4, 3)).isEqualTo(a.get(0).getDouble(4, 5));
        });
  }

  @Test
  void embeddingsWithoutPositionsAndTypes() {
    INDArray word = normal(5, 3);
    int[] none = {};
    agree(
        List.of(normal(3, 3)),
        List.of(word),
        (kernels, a, out) ->
            kernels.embed(new int[] {4, 0, 4}, none, none, a.get(0), null, null, out.get(0)));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    INDArray q = normal(3, 4);
    AttentionForm causal = AttentionForm.causal(2, 1, 2);
    assertThatThrownBy(
            () ->
                reference.attention(
                    causal, q, new int[] {0, 3}, normal(2, 2), normal(2, 2), new int[] {0, 2}, q))
        .hasMessageContaining("sequence 0 has 3 queries and 2 keys");
    assertThatThrownBy(() -> AttentionForm.causal(3, 2, 4))
        .hasMessageContaining("must be a multiple of the number of key heads, was 3 with 2");
    assertThatThrownBy(() -> AttentionForm.full(2, 4).withWindow(3))
        .hasMessageContaining("needs causal attention");
    assertThatThrownBy(() -> Rotation.of(5, 10)).hasMessageContaining("even width, was 5");
    assertThatThrownBy(() -> reference.rotate(q, Rotation.of(6, 10), new int[3], false))
        .hasMessageContaining("4 columns are no heads of width 6");
    assertThatThrownBy(() -> reference.takeRows(q, new int[] {3}, normal(1, 4)))
        .hasMessageContaining("row 3 is out of range, expected [0, 3)");
  }

  private interface Operation {
    void run(Kernels kernels, List<INDArray> arguments, List<INDArray> results);
  }

  /** All implementations give what the reference gives; the number of threads changes no bit. */
  private void agree(List<INDArray> shapes, List<INDArray> arguments, Operation operation) {
    List<INDArray> expected = shapes.stream().map(s -> wide(s).like()).toList();
    operation.run(reference, arguments.stream().map(DecoderKernelsTest::wide).toList(), expected);
    try (WorkerPool one = new WorkerPool(1);
        WorkerPool three = new WorkerPool(3)) {
      List<Kernels> single = implementations(one);
      List<Kernels> several = implementations(three);
      for (int i = 0; i < single.size(); i++) {
        List<INDArray> actual = run(single.get(i), shapes, arguments, operation);
        List<INDArray> again = run(several.get(i), shapes, arguments, operation);
        for (int r = 0; r < actual.size(); r++) {
          assertThatTensor(wide(actual.get(r))).isCloseTo(expected.get(r), TOLERANCE, TOLERANCE);
          assertThatTensor(again.get(r)).hasSameBitsAs(actual.get(r));
        }
      }
    }
  }

  private static List<INDArray> run(
      Kernels kernels, List<INDArray> shapes, List<INDArray> arguments, Operation operation) {
    List<INDArray> results =
        Stream.of(shapes.toArray(INDArray[]::new))
            .map(s -> Nd4j.valueArrayOf(s.shape(), Float.NaN, DataType.FLOAT))
            .toList();
    operation.run(kernels, arguments, results);
    return results;
  }

  private static List<Kernels> implementations(WorkerPool pool) {
    return List.of(
        new CpuKernels(pool),
        new CpuKernels(pool, null, Precision.FP32, PlainArithmetic::new),
        new PortableKernels());
  }

  private static void assertDifferences(
      INDArray gradient, INDArray at, ToDoubleFunction<INDArray> loss) {
    for (long i = 0; i < at.length(); i++) {
      INDArray more = at.dup('c');
      INDArray less = at.dup('c');
      more.putScalar(i, at.getDouble(i) + STEP);
      less.putScalar(i, at.getDouble(i) - STEP);
      double difference = (loss.applyAsDouble(more) - loss.applyAsDouble(less)) / (2 * STEP);
      assertThat(Math.abs(gradient.getDouble(i) - difference)).isLessThan(DIFFERENCES);
    }
  }

  private INDArray normal(long... shape) {
    int length = 1;
    for (long size : shape) {
      length *= (int) size;
    }
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Nd4j.createFromArray(values).reshape('c', shape);
  }

  private static INDArray wide(INDArray x) {
    return x.castTo(DataType.DOUBLE).dup('c');
  }
}
