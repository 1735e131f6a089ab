package dev.orthant.merge;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.LowRank;
import dev.orthant.core.merge.AdapterInput;
import dev.orthant.core.merge.MergeEngine;
import dev.orthant.core.spi.DeltaTransform;
import dev.orthant.core.spi.MergerFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Rules on whole matrices against the published code and formulas. */
final class SpectralTest {

  /** The reference decomposes in single precision. */
  private static final double SINGLE_SVD = 1e-5;

  /** The reference is in double precision, our result is rounded to single. */
  private static final double ROUNDING = 1e-6;

  @ParameterizedTest
  @CsvSource({"fusionbench_tsvm, false", "fusionbench_tsvm_lossless, true"})
  void tsvMEqualsFusionBench(String file, boolean lossless) {
    assertEqualsFusionBench("tsv-m/" + file, new TsvMFactory(), new TsvMConfig(1, lossless));
  }

  @Test
  void isoCEqualsFusionBench() {
    assertEqualsFusionBench("iso/fusionbench_iso_c", new IsoCFactory(), new IsoCConfig(1));
  }

  @Test
  void isoCtsEqualsFusionBench() {
    assertEqualsFusionBench(
        "iso/fusionbench_iso_cts", new IsoCtsFactory(), new IsoCtsConfig(0.5, 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"full", "low_rank"})
  void wudiEqualsPyTorch(String kind) {
    GoldenRun run = new GoldenRun("wudi/wudi_%s.json".formatted(kind));

    INDArray adam = run.taskVectors(new WudiFactory(), new WudiConfig(300, 1e-3));
    INDArray exact = run.taskVectors(new WudiExactFactory(), WudiExactConfig.defaults());

    assertThatTensor(adam).isCloseTo(run.expected("adam"), ROUNDING, ROUNDING);
    assertThatTensor(exact).isCloseTo(run.expected("exact"), SINGLE_SVD, SINGLE_SVD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"full", "low_rank"})
  void cartEqualsPyTorch(String kind) {
    GoldenRun run = new GoldenRun("cart/cart_%s.json".formatted(kind));

    INDArray merged = run.taskVectors(new CartFactory(), new CartConfig(0.3, 0.7));

    assertThatTensor(merged).isCloseTo(run.expected("merged"), ROUNDING, ROUNDING);
  }

  @Test
  void svcEqualsPyTorch() {
    GoldenRun run = new GoldenRun("svc/svc_full.json");
    List<Delta> tasks = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      tasks.add(new DenseDelta(run.golden.tensor("inputs", "tv" + i)));
    }

    // the sum times 0.8 is the merged delta of the reference
    INDArray calibrated = summedAndCalibrated(0.8, 0.3, tasks).dense();

    assertThatTensor(calibrated).isCloseTo(run.expected("calibrated"), ROUNDING, ROUNDING);
  }

  /**
   * Two equal tasks of one direction: the sum counts it twice, s = 2 for both, gamma = 2 / 4, so
   * the task itself comes out. A third task without it counts alpha = 1: gamma = 3 / (2 + 2 + 1).
   */
  @Test
  void svcCountsWhatIsSharedOnce() {
    Delta shared = rankOne(0, 3);
    Delta other = rankOne(1, 2);

    Delta two = summedAndCalibrated(1, 1, List.of(shared, shared));
    Delta three = summedAndCalibrated(1, 1, List.of(shared, shared, other));

    assertThat(LowRank.singularValues(two)[0]).isCloseTo(3, within(1e-6));
    assertThat(LowRank.singularValues(three)[0]).isCloseTo(6 * 0.6, within(1e-6));
    assertThat(LowRank.singularValues(three)[1]).isCloseTo(2, within(1e-6));
  }

  @Test
  void svcIsRefusedBeforeAMerge() {
    DeltaTransform svc = new SvcFactory().create(SvcConfig.defaults());

    assertThatThrownBy(() -> svc.transform("w", rankOne(0, 1), Optional.empty(), List.of()))
        .hasMessage(
            "svc compares a merged delta with what was merged, so it can only come after a merge");
  }

  /**
   * By hand: tau_0 = diag(3, 0), tau_1 = diag(0, 1). Iso-C: both singular values of the sum become
   * 2. TSV-M keeps one direction each, which are orthogonal already: the sum.
   */
  @Test
  void handExample() {
    List<Delta> deltas = List.of(rankOne(0, 3), rankOne(1, 1));

    INDArray isoC = merge(new IsoCFactory(), new IsoCConfig(1), deltas).dense();
    INDArray tsvM = merge(new TsvMFactory(), new TsvMConfig(1, false), deltas).dense();

    assertThatTensor(isoC).isCloseTo(diagonal(2, 2, 0), ROUNDING, 0);
    assertThatTensor(tsvM).isCloseTo(diagonal(3, 1, 0), ROUNDING, 0);
  }

  /** The same deltas from other factors, scaled, turned and padded with directions of nothing. */
  @Test
  void resultsDoNotDependOnHowANullSpaceIsFilledUp() {
    List<Delta> plain = new ArrayList<>();
    List<Delta> padded = new ArrayList<>();
    List<Delta> dense = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      LoraDelta delta = lora(i, 40, 30, 4);
      plain.add(delta);
      padded.add(padded(delta, i));
      dense.add(new DenseDelta(delta.dense()));
    }

    assertSame(new TsvMFactory(), new TsvMConfig(1, false), plain, padded, dense);
    assertSame(new IsoCFactory(), new IsoCConfig(1), plain, padded, dense);
    assertSame(new IsoCtsFactory(), new IsoCtsConfig(0.5, 1), plain, padded, dense);
    assertSame(new CartFactory(), new CartConfig(0.1, 0.5), plain, padded, dense);
    assertSame(new WudiExactFactory(), new WudiExactConfig(1), plain, padded, dense);
  }

  @Test
  void lowRankDeltasMergeToALowRankOneWithinTheirDirections() {
    List<Delta> deltas = List.of(lora(1, 40, 30, 4), lora(2, 40, 30, 4));

    Delta merged = merge(new IsoCFactory(), new IsoCConfig(1), deltas);

    double[] values = LowRank.singularValues(merged);
    assertThat(merged)
        .isInstanceOfSatisfying(LoraDelta.class, d -> assertThat(d.rank()).isEqualTo(8));
    assertThat(values[7]).isCloseTo(values[0], within(1e-5 * values[0]));
  }

  /** The gradient of what it minimises is zero. */
  @Test
  void wudiExactIsAMinimum() {
    List<Delta> deltas = List.of(lora(1, 20, 16, 3), lora(2, 20, 16, 3), lora(3, 20, 16, 3));

    INDArray merged = merge(new WudiExactFactory(), WudiExactConfig.defaults(), deltas).dense();

    INDArray gradient = Nd4j.zeros(20, 16);
    for (Delta delta : deltas) {
      INDArray tau = delta.dense();
      double square = delta.norm() * delta.norm();
      gradient.addi(merged.sub(tau).mmul(tau.transpose()).mmul(tau).divi(square));
    }
    double size = merged.norm2Number().doubleValue();
    assertThat(gradient.norm2Number().doubleValue()).isLessThan(1e-5 * size);
  }

  private static <C extends Record> void assertEqualsFusionBench(
      String file, MergerFactory<C> factory, C config) {
    GoldenRun run = new GoldenRun(file + ".json");
    List<AdapterInput> inputs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      inputs.add(
          AdapterInput.of(
              "tv" + i,
              Map.of(
                  "w", new DenseDelta(run.golden.tensor("inputs", "tv" + i + ".w")),
                  "v", new DenseDelta(run.golden.tensor("inputs", "tv" + i + ".v")))));
    }

    Map<String, Delta> merged =
        MergeEngine.builder(factory, config).build().mergeAdapters(inputs, null).deltas();

    for (String tensor : List.of("w", "v")) {
      assertThatTensor(merged.get(tensor).dense())
          .isCloseTo(run.expected(tensor), SINGLE_SVD, SINGLE_SVD);
    }
  }

  @SafeVarargs
  private static <C extends Record> void assertSame(
      MergerFactory<C> factory, C config, List<Delta> first, List<Delta>... others) {
    INDArray expected = merge(factory, config, first).dense();
    for (List<Delta> other : others) {
      assertThatTensor(merge(factory, config, other).dense())
          .as(factory.name())
          .isCloseTo(expected, 1e-4, 1e-4); // single-precision products, divided by small values
    }
  }

  private static Delta summedAndCalibrated(double lambda, double alpha, List<Delta> tasks) {
    return MergeEngine.builder(new TaskArithmeticFactory(), new TaskArithmeticConfig(lambda, false))
        .after(List.of(new SvcFactory().create(new SvcConfig(alpha))))
        .build()
        .mergeAdapters(inputs(tasks), null)
        .deltas()
        .get("w");
  }

  private static <C extends Record> Delta merge(
      MergerFactory<C> factory, C config, List<Delta> deltas) {
    return MergeEngine.builder(factory, config)
        .build()
        .mergeAdapters(inputs(deltas), null)
        .deltas()
        .get("w");
  }

  private static List<AdapterInput> inputs(List<Delta> deltas) {
    List<AdapterInput> inputs = new ArrayList<>();
    for (int i = 0; i < deltas.size(); i++) {
      inputs.add(AdapterInput.of("x" + i, Map.of("w", deltas.get(i))));
    }
    return inputs;
  }

  /** {@code size * e_k e_k'}, [3, 3]. */
  private static LoraDelta rankOne(int k, double size) {
    INDArray b = Nd4j.zeros(3, 1);
    INDArray a = Nd4j.zeros(1, 3);
    b.putScalar(k, 0, 1);
    a.putScalar(0, k, 1);
    return new LoraDelta(b, a, size);
  }

  private static INDArray diagonal(float... values) {
    return Nd4j.diag(Nd4j.createFromArray(values));
  }

  private static LoraDelta lora(long seed, int out, int in, int rank) {
    Nd4j.getRandom().setSeed(seed);
    return new LoraDelta(Nd4j.randn(out, rank), Nd4j.randn(rank, in), 0.5);
  }

  /** The same product with two more columns of B, which meet rows of zeros in A. */
  private static LoraDelta padded(LoraDelta delta, long seed) {
    Nd4j.getRandom().setSeed(100 + seed);
    INDArray b = Nd4j.concat(1, Nd4j.randn(delta.b().size(0), 2), delta.b().mul(4));
    INDArray a = Nd4j.concat(0, Nd4j.zeros(2, delta.a().size(1)), delta.a());
    return new LoraDelta(b.dup('c'), a.dup('c'), delta.scaling() / 4);
  }
}
