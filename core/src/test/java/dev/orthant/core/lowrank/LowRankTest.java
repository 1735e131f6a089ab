package dev.orthant.core.lowrank;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class LowRankTest {

  /** Factors are rounded to 24 bits; sums here have some ten terms of order one. */
  private static final double SINGLE = 5e-6;

  /** The oracle works on the rounded factors in double, as the code under test does. */
  private static final double DOUBLE = 1e-10;

  @Test
  void weightedSumIsTheSumOfTheDenseDeltas() {
    LoraDelta x = delta(9, 7, 2, 0.5, 1);
    LoraDelta y = delta(9, 7, 3, 2.0, 2);

    LoraDelta sum = LowRank.weightedSum(List.of(x, y), 0.7, -1.25);

    assertThat(sum.rank()).isEqualTo(5);
    assertThatTensor(sum.dense())
        .isCloseTo(x.dense().mul(0.7).add(y.dense().mul(-1.25)), SINGLE, SINGLE);
  }

  @Test
  void weightedSumOfEqualCoefficientsRoundsNothing() {
    LoraDelta x = delta(4, 5, 2, 0.5, 1);
    LoraDelta y = delta(4, 5, 1, 0.5, 2);

    LoraDelta sum = LowRank.weightedSum(List.of(x, y), 0.3, 0.3);

    assertThat(sum.scaling()).isEqualTo(0.15);
    assertThatTensor(sum.b()).hasSameBitsAs(Nd4j.concat(1, x.b(), y.b()));
    assertThatTensor(sum.a()).hasSameBitsAs(Nd4j.concat(0, x.a(), y.a()));
  }

  @Test
  void inputsOfWeightZeroTakeNoRank() {
    LoraDelta x = delta(4, 5, 2, 0.5, 1);
    LoraDelta y = delta(4, 5, 3, 0.5, 2);

    assertThat(LowRank.weightedSum(List.of(x, y), 0, 1).rank()).isEqualTo(3);
    assertThat(LowRank.weightedSum(List.of(x, y), 0, 0).norm()).isZero();
  }

  @Test
  void deltasOfDifferentShapesDoNotAddUp() {
    assertThatThrownBy(
            () ->
                LowRank.weightedSum(List.of(delta(4, 5, 2, 1, 1), delta(4, 6, 2, 1, 2)), 1.0, 1.0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("number 1 has [4, 6] instead of [4, 5]");
  }

  @ParameterizedTest
  @CsvSource({"12, 9, 6, 3", "9, 12, 6, 2", "4, 10, 6, 3", "5, 4, 7, 1", "30, 20, 8, 7"})
  void compressionLosesWhatTheOtherSingularValuesHold(int out, int in, int rank, int kept) {
    LoraDelta delta = delta(out, in, rank, -1.5, out * 31 + in);
    double[] s = oracle(delta.dense()).getSingularValues();

    Compression compressed = LowRank.compress(delta, kept);

    double lost = 0;
    double all = 0;
    for (int i = 0; i < s.length; i++) {
      all += s[i] * s[i];
      lost += i >= kept ? s[i] * s[i] : 0;
    }
    assertThat(compressed.delta().rank()).isEqualTo(kept);
    assertThat(compressed.relativeError()).isCloseTo(Math.sqrt(lost / all), within(SINGLE));
    INDArray difference = compressed.delta().dense().sub(delta.dense());
    assertThat(difference.norm2Number().doubleValue() / Math.sqrt(all))
        .isCloseTo(compressed.relativeError(), within(SINGLE));
  }

  @Test
  void compressionToTheRankThereIsChangesNothing() {
    LoraDelta delta = delta(6, 8, 3, 2.0, 4);

    assertThat(LowRank.compress(delta, 3)).isEqualTo(new Compression(delta, 0));
    assertThat(LowRank.compress(delta, 64).delta()).isSameAs(delta);
  }

  @Test
  void energyOneRemovesRedundantRankOnly() {
    LoraDelta delta = delta(10, 8, 2, 2.0, 5);
    LoraDelta twice = LowRank.weightedSum(List.of(delta, delta), 0.25, 0.75); // rank 4 on paper

    Compression compressed = LowRank.compress(twice, 1.0);

    assertThat(compressed.delta().rank()).isEqualTo(2);
    // the two copies of B were rounded separately
    assertThat(compressed.relativeError()).isLessThan(1e-6);
    assertThatTensor(compressed.delta().dense()).isCloseTo(delta.dense(), SINGLE, SINGLE);
  }

  /**
   * B = diag(4, 3, 0), A = I: squared singular values 16 and 9, so 16/25 = 0.64 is in the first.
   */
  @Test
  void energyChoosesTheLeastRankThatKeepsIt() {
    INDArray b = Nd4j.createFromArray(new float[][] {{4, 0, 0}, {0, 3, 0}, {0, 0, 0}});
    LoraDelta delta = new LoraDelta(b, Nd4j.eye(3), 1.0);

    assertThat(LowRank.compress(delta, 0.6).delta().rank()).isEqualTo(1);
    assertThat(LowRank.compress(delta, 0.65).delta().rank()).isEqualTo(2);
    assertThat(LowRank.compress(delta, 1.0).delta().rank()).isEqualTo(2);
    assertThat(LowRank.compress(delta, 1, 0.65).delta().rank()).isEqualTo(1);
    assertThat(LowRank.compress(new DenseDelta(b), 3, 0.65).delta().rank()).isEqualTo(2);
    assertThat(LowRank.compress(delta, 0.6).relativeError()).isCloseTo(0.6, within(DOUBLE));
    assertThat(LowRank.compress(delta.times(0), 0.9).relativeError()).isZero();
  }

  @Test
  void truncationIsTheBestApproximation() {
    INDArray w = matrix(11, 17, 3);
    double[] s = oracle(w).getSingularValues();

    Compression truncated = LowRank.truncate(new DenseDelta(w), 4);

    double lost = 0;
    double all = 0;
    for (int i = 0; i < s.length; i++) {
      all += s[i] * s[i];
      lost += i >= 4 ? s[i] * s[i] : 0;
    }
    assertThat(truncated.relativeError()).isCloseTo(Math.sqrt(lost / all), within(DOUBLE));
    assertThat(truncated.delta().dense().sub(w).norm2Number().doubleValue())
        .isCloseTo(Math.sqrt(lost), within(SINGLE));
    assertThat(LowRank.truncate(new DenseDelta(w), 1.0).delta().rank()).isEqualTo(11);
    assertThat(LowRank.singularValues(new DenseDelta(w))).containsExactly(s, within(DOUBLE));
  }

  @Test
  void truncationToTheTrueRankLosesRoundingOnly() {
    LoraDelta exact = delta(384, 384, 24, 1.0, 8);
    INDArray w = exact.dense();

    Compression truncated = LowRank.truncate(new DenseDelta(w), 24);

    assertThat(truncated.relativeError()).isLessThan(1e-6);
    INDArray difference = truncated.delta().dense().sub(w);
    assertThat(difference.norm2Number().doubleValue() / exact.norm()).isLessThan(1e-6);
  }

  @Test
  void innerProductsAgreeInAnyForm() {
    LoraDelta x = delta(6, 5, 2, 0.5, 1);
    LoraDelta y = delta(6, 5, 3, -2.0, 2);
    double expected = x.dense().mul(y.dense()).sumNumber().doubleValue();

    assertThat(LowRank.inner(x, y)).isCloseTo(expected, within(SINGLE * 10));
    assertThat(LowRank.inner(x, new DenseDelta(y.dense()))).isCloseTo(expected, within(5e-5));
    assertThat(LowRank.inner(new DenseDelta(x.dense()), y)).isCloseTo(expected, within(5e-5));
    assertThat(LowRank.inner(new DenseDelta(x.dense()), new DenseDelta(y.dense())))
        .isCloseTo(expected, within(5e-5));
    assertThat(LowRank.cosine(x, x.times(-3))).isCloseTo(-1, within(DOUBLE));
    assertThat(LowRank.cosine(x, x.times(0))).isZero();
    assertThat(new DenseDelta(x.dense()).norm()).isCloseTo(x.norm(), within(SINGLE * 10));
  }

  @Test
  void energyUnderAGramMatrixIsThatOfTheProduct() {
    RealMatrix features = doubles(matrix(20, 5, 9)); // X [n, dIn]
    RealMatrix gram = features.transpose().multiply(features);
    LoraDelta delta = delta(6, 5, 2, 0.5, 1);
    double norm = features.multiply(doubles(delta.dense()).transpose()).getFrobeniusNorm();

    assertThat(LowRank.energy(delta, flat(gram))).isCloseTo(norm * norm, within(1e-4));
    assertThat(LowRank.energy(new DenseDelta(delta.dense()), flat(gram)))
        .isCloseTo(norm * norm, within(DOUBLE * 100));
  }

  @Test
  void refusesWhatIsNotFinite() {
    INDArray b = matrix(4, 3, 1);
    b.putScalar(2, 1, Float.NaN);
    LoraDelta delta = new LoraDelta(b, matrix(3, 4, 2), 1.0);

    assertThatThrownBy(() -> LowRank.compress(delta, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("B must be finite, was NaN at [2, 1]");
  }

  @Test
  void refusesRanksAndEnergiesOutOfRange() {
    LoraDelta delta = delta(4, 4, 2, 1, 1);

    assertThatThrownBy(() -> LowRank.compress(delta, 0)).hasMessageContaining("was 0");
    assertThatThrownBy(() -> LowRank.compress(delta, 1.5))
        .hasMessage("energy must be in (0, 1], was 1.5");
    assertThatThrownBy(() -> LowRank.truncate(new DenseDelta(Nd4j.zeros(3)), 1))
        .hasMessageContaining("must be a matrix");
  }

  @Test
  void tilesReadAndWriteWhatTheArrayHolds() {
    INDArray view =
        matrix(6, 8, 1)
            .get(
                org.nd4j.linalg.indexing.NDArrayIndex.interval(1, 4),
                org.nd4j.linalg.indexing.NDArrayIndex.interval(2, 7));
    float[] expected = view.dup('c').data().asFloat();

    float[] tile = new float[4];
    ElementTiles.of(view).read(3, tile, 4);
    ElementTiles written = ElementTiles.zeros(3, 5);
    written.write(3, tile, 4);

    assertThat(ElementTiles.toHeap(view)).containsExactly(expected);
    assertThat(ElementTiles.toHeap(view.transpose().dup('f')))
        .containsExactly(view.transpose().dup('c').data().asFloat());
    assertThat(tile).containsExactly(expected[3], expected[4], expected[5], expected[6]);
    assertThat(written.array().getFloat(1, 0)).isEqualTo(expected[5]);
    assertThatThrownBy(() -> written.read(13, tile, 4)).hasMessageContaining("[13, 17) of 15");
  }

  private static LoraDelta delta(int out, int in, int rank, double scaling, int seed) {
    return new LoraDelta(matrix(out, rank, seed), matrix(rank, in, seed + 1000), scaling);
  }

  private static INDArray matrix(int rows, int columns, int seed) {
    Random random = new Random(seed);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Nd4j.createFromArray(values).reshape('c', rows, columns);
  }

  private static SingularValueDecomposition oracle(INDArray matrix) {
    return new SingularValueDecomposition(doubles(matrix));
  }

  private static RealMatrix doubles(INDArray matrix) {
    return new Array2DRowRealMatrix(matrix.toDoubleMatrix());
  }

  private static double[] flat(RealMatrix matrix) {
    double[] out = new double[matrix.getRowDimension() * matrix.getColumnDimension()];
    for (int i = 0; i < out.length; i++) {
      out[i] = matrix.getEntry(i / matrix.getColumnDimension(), i % matrix.getColumnDimension());
    }
    return out;
  }
}
