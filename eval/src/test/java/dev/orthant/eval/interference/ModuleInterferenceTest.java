package dev.orthant.eval.interference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Cases small enough to check by hand: features lie on the axes. */
final class ModuleInterferenceTest {

  /** Single-precision factors; near 0 degrees an arc cosine loses half of a double's digits. */
  private static final double ROUNDING = 1e-5;

  @Test
  void figuresAreThoseWorkedOutByHand() {
    // Two tokens of x are (2, 0) and (0, 0), of mean square (2, 0); y has one token, (0, 3).
    Map<String, FeatureStatistics> features =
        Map.of("x", statistics("x", 2, 4, 0), "y", statistics("y", 1, 0, 9));
    // x reads the first axis, 5 times over; y both axes alike, with a norm of sqrt(2)
    Map<String, LoraDelta> after = new LinkedHashMap<>();
    after.put("x", new LoraDelta(row(5), row(1, 0), 1));
    after.put("y", new LoraDelta(row(1), row(1, 1), 2));
    Map<String, LoraDelta> before = new LinkedHashMap<>();
    before.put("x", new LoraDelta(row(0), row(0, 7), 1));
    before.put("y", new LoraDelta(row(0), row(0, 0), 1));
    INDArray weights = row(3, 4);

    ModuleInterference found = ModuleInterference.measure("m", weights, before, after, features);

    // root mean squares: 3 * sqrt(2) and 4 * 3
    assertClose(found.base(), 3 * Math.sqrt(2), 12);
    assertClose(found.effects().get(0), 5 * Math.sqrt(2), 0);
    assertClose(found.effects().get(1), 2 * Math.sqrt(2), 6);
    // random rows of norm 1 would give sqrt(2 / 2) and sqrt(9 / 2)
    assertClose(found.exposure().get(0), Math.sqrt(2), 0);
    assertClose(found.exposure().get(1), 1, 1);
    assertClose(found.exposureBefore().get(0), 0, Math.sqrt(2));
    assertThat(found.exposureBefore().get(1)).containsExactly(Double.NaN, Double.NaN);
    assertThat(found.angles()).hasSize(1);
    assertClose(found.angles().get(0).degrees(), 45);
  }

  @Test
  void anglesAreThoseOfTheSpacesAndNotOfTheirRows() {
    // the first spans the plane of the first two axes; the second contains the first axis and a
    // direction 30 degrees off the second one
    Matrix plane = matrix(2, 2, 1, 0, 1, 1, 0);
    Matrix tilted = matrix(2, 3, 0, 0, 3, Math.cos(Math.PI / 6), Math.sin(Math.PI / 6));

    PrincipalAngles angles = PrincipalAngles.between("a", plane, "b", tilted);

    assertClose(angles.degrees(), 0, 30);
  }

  @Test
  void dependentRowsCountOnceAndZeroRowsNotAtAll() {
    Matrix line = matrix(2, 0, 2, 0, 0, 4, 0);
    Matrix other = matrix(1, 0, 1, 1);

    assertClose(PrincipalAngles.between("a", line, "b", other).degrees(), 45);
    assertThat(PrincipalAngles.between("a", line, "b", matrix(1, 0, 0, 0)).degrees()).isEmpty();
  }

  @Test
  void disturbanceIsWhatAMergeTakesAwayAndAdds() {
    Map<String, Map<String, FeatureStatistics>> features =
        Map.of(
            "x", Map.of("m", statistics("x", 1, 4, 0)),
            "y", Map.of("m", statistics("y", 1, 0, 9)));
    Map<String, Map<String, DenseDelta>> experts = new LinkedHashMap<>();
    experts.put("x", Map.of("m", new DenseDelta(row(2, 0))));
    experts.put("y", Map.of("m", new DenseDelta(row(3, 1))));

    // The sum (5, 1) does to x what (3, 0) does beyond its own (2, 0), and to y nothing new.
    MergeDisturbance sum =
        MergeDisturbance.measure(
            "sum",
            Map.of("m", row(10, 2)),
            Map.of("m", new DenseDelta(row(5, 1))),
            experts,
            features);
    MergeDisturbance nothing =
        MergeDisturbance.measure(
            "nothing",
            Map.of("m", row(10, 2)),
            Map.of("m", new LoraDelta(row(1), row(0, 0), 1)),
            experts,
            features);

    assertClose(sum.disturbance(), 1.5, 0);
    assertClose(sum.overBase(), 0.5, 0.5);
    assertClose(nothing.disturbance(), 1, 1);
    assertClose(nothing.overBase(), 0, 0);
  }

  private static INDArray row(float... values) {
    return Nd4j.createFromArray(new float[][] {values});
  }

  /** Any number of columns, after the number of rows. */
  private static Matrix matrix(int rows, double... values) {
    return new Matrix(rows, values.length / rows, values);
  }

  /** Uncorrelated features of these sums of squares, with a mean of zero. */
  private static FeatureStatistics statistics(
      String task, long count, double first, double second) {
    return new FeatureStatistics(task, count, new double[2], new double[] {first, 0, 0, second});
  }

  private static void assertClose(List<Double> actual, double... expected) {
    assertThat(actual).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual.get(i)).isCloseTo(expected[i], within(ROUNDING));
    }
  }
}
