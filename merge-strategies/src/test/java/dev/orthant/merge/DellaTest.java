package dev.orthant.merge;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static dev.orthant.merge.GoldenRun.SINGLE;
import static dev.orthant.merge.Trial.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.merge.DellaConfig.Profile;
import dev.orthant.merge.DellaConfig.Ranks;
import dev.orthant.merge.DellaConfig.Rescale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@code della} and {@code della-linear}. */
final class DellaTest {

  private static final DellaFactory DELLA = new DellaFactory();
  private static final DellaLinearFactory LINEAR = new DellaLinearFactory();

  @Test
  void mergekitProfileEqualsMergekit() {
    GoldenRun run = new GoldenRun("della/mergekit_della_fixed_mask.json");
    DellaConfig config =
        new DellaConfig(
            0.5,
            0.2,
            1,
            Ranks.ROW,
            Rescale.BY_PROFILE,
            TiesConfig.Merge.BY_PROFILE,
            Profile.MERGEKIT);

    Map<String, INDArray> merged =
        run.checkpoints(new FixedDraws<>(DELLA, c -> c.rule(run.keepMasks(true))), config, true);

    assertThatTensor(merged.get("w")).isCloseTo(run.expected("w"), SINGLE, SINGLE);
    assertThatTensor(merged.get("v")).isCloseTo(run.expected("v"), SINGLE, SINGLE);
  }

  @Test
  void linearInMergekitsProfileEqualsMergekit() {
    GoldenRun run = new GoldenRun("della/mergekit_della_linear_fixed_mask.json");
    DellaLinearConfig config =
        new DellaLinearConfig(0.5, 0.2, 1, Ranks.ROW, Rescale.BY_PROFILE, false, Profile.MERGEKIT);

    Map<String, INDArray> merged =
        run.checkpoints(new FixedDraws<>(LINEAR, c -> c.rule(run.keepMasks(true))), config, true);

    assertThatTensor(merged.get("w")).isCloseTo(run.expected("w"), SINGLE, SINGLE);
    assertThatTensor(merged.get("v")).isCloseTo(run.expected("v"), SINGLE, SINGLE);
  }

  @ParameterizedTest
  @CsvSource({"0, w", "1, w", "2, w", "0, v", "1, v", "2, v"})
  void probabilitiesEqualMergekits(int model, String tensor) {
    GoldenRun run = new GoldenRun("della/mergekit_della_fixed_mask.json");
    INDArray delta =
        run.golden
            .tensor("inputs", "ft" + model + "." + tensor)
            .sub(run.golden.tensor("inputs", "base." + tensor));

    assertProbabilities(
        delta, new MagnitudeRanks(0.5, 0.2, false), run, "keep_prob." + model + "." + tensor);
  }

  /** What is dropped, and what it is divided by, is that of the authors' repository. */
  @ParameterizedTest
  @CsvSource({
    "della_original_rank_magnitude, ROW, 0",
    "della_original_rank_magnitude, ROW, 1",
    "della_original_rank_magnitude, ROW, 2",
    "della_original_rank_magnitude_layer, TENSOR, 0",
    "della_original_rank_magnitude_layer, TENSOR, 1",
    "della_original_rank_magnitude_layer, TENSOR, 2"
  })
  void paperProfilePrunesAsTheAuthorsCodeDoes(String file, Ranks ranks, int input) {
    GoldenRun run = new GoldenRun("della/" + file + ".json");
    INDArray delta = run.golden.tensor("inputs", "tv" + input);
    float[] uniform = run.golden.tensor("inputs", "uniform" + input).ravel().toFloatVector();
    Draws draws = (tensor, i) -> (index, probability) -> uniform[(int) index] < probability;
    DellaLinearConfig config =
        new DellaLinearConfig(0.5, 0.2, 1, ranks, Rescale.BY_PROFILE, false, Profile.PAPER);

    float[] pruned =
        Trial.merge(new FixedDraws<>(LINEAR, c -> c.rule(draws)), config, delta)
            .ravel()
            .toFloatVector();

    float[] expected = run.expected("pruned" + input).ravel().toFloatVector();
    float[] values = delta.ravel().toFloatVector();
    for (int k = 0; k < values.length; k++) {
      if (ranks == Ranks.ROW || isUnique(values, k)) { // their order of equal ones is arbitrary
        assertThat(pruned[k]).as("element %d", k).isCloseTo(expected[k], within((float) SINGLE));
      }
    }
  }

  /**
   * By hand, density 0.5, epsilon 0.25: of [4, -1, 3] the ranks are 2, 0, 1 and the probabilities
   * 0.75, 0.25, 0.5. All kept and divided: [16/3, -4, 6].
   */
  @Test
  void handExample() {
    DellaLinearConfig config =
        new DellaLinearConfig(0.5, 0.25, 1, Ranks.ROW, Rescale.BY_PROFILE, false, Profile.PAPER);
    Draws all = (tensor, i) -> (index, probability) -> true;

    float[] merged =
        Trial.merge(new FixedDraws<>(LINEAR, c -> c.rule(all)), config, vector(4, -1, 3));

    assertThat(merged).containsExactly(new float[] {16 / 3f, -4, 6}, within(1e-6f));
  }

  /** A row of one element is kept with probability density. */
  @Test
  void rowsOfOneElementAreKeptWithTheMeanProbability() {
    INDArray column = Nd4j.createFromArray(new float[][] {{1}, {2}, {3}});
    double[] probabilities = new double[3];

    new MagnitudeRanks(0.4, 0.3, false)
        .of(column.shape(), ElementTiles.of(column))
        .fill(probabilities, 0, 3);

    assertThat(probabilities).containsOnly(0.4f);
  }

  @Test
  void rowsLongerAndShorterThanATileAreRankedTheSame() {
    int columns = 1500;
    float[] values = new float[2 * columns];
    for (int k = 0; k < values.length; k++) {
      values[k] = 1 + k % columns; // ascending in each row
    }
    ElementTiles delta = ElementTiles.of(Nd4j.createFromArray(values));
    KeepProbability.Filler filler =
        new MagnitudeRanks(0.5, 0.25, false).of(new long[] {2, columns}, delta);
    double[] probabilities = new double[ElementTiles.TILE];

    for (int at = 0; at < values.length; at += ElementTiles.TILE) {
      int length = Math.min(ElementTiles.TILE, values.length - at);
      filler.fill(probabilities, at, length);

      for (int k = 0; k < length; k++) {
        double rank = (at + k) % columns;
        assertThat(probabilities[k]).isCloseTo(0.25 + 0.5 * rank / (columns - 1), within(1e-7));
      }
    }
  }

  @Test
  void smallElementsAreDroppedMoreOften() {
    int n = 50_000;
    float[] values = new float[n];
    for (int k = 0; k < n; k++) {
      values[k] = k + 1;
    }
    DellaLinearConfig config =
        new DellaLinearConfig(0.5, 0.4, 1, Ranks.ROW, Rescale.NONE, false, Profile.PAPER);

    float[] merged = Trial.merge(LINEAR, config, values);

    // means of the lower and the upper half's probabilities; four standard deviations of a share of
    // 25,000 draws are at most 4 * sqrt(0.25 / 25000) = 0.0126
    assertThat(shareKept(merged, 0, n / 2)).isCloseTo(0.3, within(0.0126));
    assertThat(shareKept(merged, n / 2, n)).isCloseTo(0.7, within(0.0126));
  }

  @Test
  void refusesProbabilitiesOutsideTheUnitInterval() {
    assertThatThrownBy(
            () -> new DellaLinearConfig(0.5, 0.5, 1, Ranks.ROW, Rescale.NONE, false, Profile.PAPER))
        .hasMessage("density - epsilon and density + epsilon must be in (0, 1), were 0.0 and 1.0");
    assertThatThrownBy(
            () ->
                new DellaLinearConfig(0.5, -0.1, 1, Ranks.ROW, Rescale.NONE, false, Profile.PAPER))
        .hasMessage("epsilon must be at least 0, was -0.1");
  }

  private static boolean isUnique(float[] values, int index) {
    for (int k = 0; k < values.length; k++) {
      if (k != index && Math.abs(values[k]) == Math.abs(values[index])) {
        return false;
      }
    }
    return true;
  }

  private static double shareKept(float[] merged, int from, int to) {
    int kept = 0;
    for (int k = from; k < to; k++) {
      kept += merged[k] != 0 ? 1 : 0;
    }
    return (double) kept / (to - from);
  }

  private static void assertProbabilities(
      INDArray delta, MagnitudeRanks ranks, GoldenRun run, String expected) {
    double[] probabilities = new double[(int) delta.length()];
    ranks.of(delta.shape(), ElementTiles.of(delta)).fill(probabilities, 0, probabilities.length);
    assertThatTensor(Nd4j.createFromArray(probabilities).castTo(delta.dataType()))
        .isCloseTo(run.expected(expected).reshape(-1), SINGLE, SINGLE);
  }
}
