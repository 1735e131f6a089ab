package dev.orthant.merge;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static dev.orthant.merge.GoldenRun.SINGLE;
import static dev.orthant.merge.Trial.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.merge.AdapterInput;
import dev.orthant.core.merge.MergeEngine;
import dev.orthant.merge.TiesConfig.Merge;
import dev.orthant.merge.TiesConfig.Profile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

final class TiesTest {

  private static final TiesFactory TIES = new TiesFactory();

  @ParameterizedTest
  @CsvSource({
    "ties_original_dis-mean, PAPER, BY_PROFILE, 0.2, 6",
    "ties_original_dis-sum, PAPER, SUM, 0.2, 6",
    "ties_original_dis-max, PAPER, MAX, 0.2, 6",
    "fusionbench_ties_sum, FUSIONBENCH, BY_PROFILE, 0.2, 6",
    "ties_original_tie_breaking, PAPER, BY_PROFILE, 0.5, 0"
  })
  void wholeModelProfilesEqualTheirReference(
      String file, Profile profile, Merge merge, double density, int firstTensor) {
    GoldenRun run = new GoldenRun("ties/" + file + ".json");
    INDArray rows = run.golden.tensor("inputs", "task_vectors"); // [3, n]
    List<AdapterInput> inputs = new ArrayList<>();
    for (int i = 0; i < rows.rows(); i++) {
      inputs.add(AdapterInput.of("x" + i, split(rows.getRow(i), firstTensor)));
    }

    Map<String, Delta> merged =
        MergeEngine.builder(TIES, new TiesConfig(density, 1, profile, merge))
            .build()
            .mergeAdapters(inputs, null)
            .deltas();

    INDArray[] parts = merged.values().stream().map(Delta::dense).toArray(INDArray[]::new);
    assertThatTensor(Nd4j.concat(0, parts))
        .isCloseTo(run.expected("merged_task_vector"), SINGLE, SINGLE);
  }

  @ParameterizedTest
  @CsvSource({"mergekit_ties, BY_PROFILE, 1.0", "mergekit_ties_unnormalized, SUM, 0.7"})
  void mergekitProfileEqualsMergekit(String file, Merge merge, double lambda) {
    GoldenRun run = new GoldenRun("ties/" + file + ".json");

    Map<String, INDArray> merged =
        run.checkpoints(TIES, new TiesConfig(0.4, lambda, Profile.MERGEKIT, merge), true);

    assertThatTensor(merged.get("w")).isCloseTo(run.expected("w"), SINGLE, SINGLE);
    assertThatTensor(merged.get("v")).isCloseTo(run.expected("v"), SINGLE, SINGLE);
  }

  @Test
  void peftProfileEqualsPeft() {
    GoldenRun run = new GoldenRun("ties/peft_ties.json");

    INDArray merged = run.taskVectors(TIES, new TiesConfig(0.4, 1, Profile.PEFT, Merge.BY_PROFILE));

    assertThatTensor(merged).isCloseTo(run.expected("merged"), SINGLE, SINGLE);
  }

  @Test
  void cancelledVotesArePositiveAndZerosNeverAgreeInMergekitsProfile() {
    GoldenRun run = new GoldenRun("ties/mergekit_ties_sign_mask_ties.json");
    float[][] deltas = run.golden.tensor("inputs", "deltas").toFloatMatrix(); // [3, 10]
    float[][] mask = run.expected("mask").toFloatMatrix(); // [3, 10], 1 where an input agrees
    DisjointMerge rule =
        new DisjointMerge(DisjointMerge.Vote.WEIGHTED, DisjointMerge.Reduction.SUM, 1);
    double[] sums = new double[10];

    rule.with(new double[] {1, 1, 1}).combine(deltas, sums, 10);

    for (int k = 0; k < 10; k++) {
      double expected = 0;
      for (int i = 0; i < 3; i++) {
        expected += mask[i][k] * deltas[i][k];
      }
      assertThat(sums[k]).as("element %d", k).isEqualTo(expected);
    }
  }

  /**
   * By hand, density 0.5 of n = 4: the threshold is the magnitude of rank 4 - 2 = 2 from below.
   *
   * <pre>
   *   x0 = [ 4, -1,  2,  3]   magnitudes 1 2 3 4, threshold 2   trimmed [ 4,  0,  2,  3]
   *   x1 = [-1,  5, -3,  2]   magnitudes 1 2 3 5, threshold 2   trimmed [ 0,  5, -3,  2]
   *   elected signs                                                     [ +,  +,  -,  +]
   *   mean of those that agree                                          [ 4,  5, -3, 2.5]
   * </pre>
   */
  @Test
  void handExample() {
    float[] merged =
        Trial.merge(
            TIES,
            new TiesConfig(0.5, 1, Profile.PAPER, Merge.BY_PROFILE),
            vector(4, -1, 2, 3),
            vector(-1, 5, -3, 2));

    assertThat(merged).containsExactly(4, 5, -3, 2.5f);
  }

  /** Exact counts: 2 of 4 kept, so x0 keeps 4 and 3, x1 keeps 5 and -3. */
  @Test
  void trimKeepsExactCountsPerTensorInMergekitsProfile() {
    float[] merged =
        Trial.merge(
            TIES,
            new TiesConfig(0.5, 1, Profile.MERGEKIT, Merge.BY_PROFILE),
            vector(4, -1, 2, 3),
            vector(-1, 5, -3, 2));

    assertThat(merged).containsExactly(4, 5, -3, 3);
  }

  /** Magnitudes are all equal: the first floor(0.5 * 4) = 2 stay. */
  @Test
  void equalMagnitudesAreKeptFromTheFrontUpToTheCount() {
    float[] merged =
        Trial.merge(
            TIES, new TiesConfig(0.5, 1, Profile.MERGEKIT, Merge.BY_PROFILE), vector(1, -1, 1, -1));

    assertThat(merged).containsExactly(1, -1, 0, 0);
  }

  /**
   * Votes on the first element cancel out. The other elements are negative, so the majority is, and
   * the negative entry wins in the paper's profile and the positive one in mergekit's.
   */
  @Test
  void majorityOfAllElementsDecidesWhereVotesCancelOut() {
    float[] x = vector(1, -2, -2);
    float[] y = vector(-1, -2, -2);

    assertThat(Trial.merge(TIES, new TiesConfig(1, 1, Profile.PAPER, Merge.BY_PROFILE), x, y))
        .containsExactly(-1, -2, -2);
    assertThat(Trial.merge(TIES, new TiesConfig(1, 1, Profile.MERGEKIT, Merge.BY_PROFILE), x, y))
        .containsExactly(1, -2, -2);
  }

  /** Weighted vote 3 * 1 - 2 > 0, so only x agrees: 3 * 1 / 3. Unweighted vote 1 - 2: only y. */
  @Test
  void weightsVoteExceptInPeftsProfile() {
    double[] weights = {3, 1};

    assertThat(
            Trial.merge(
                TIES,
                new TiesConfig(1, 1, Profile.PAPER, Merge.BY_PROFILE),
                weights,
                vector(1),
                vector(-2)))
        .containsExactly(1);
    assertThat(
            Trial.merge(
                TIES,
                new TiesConfig(1, 1, Profile.PEFT, Merge.BY_PROFILE),
                weights,
                vector(1),
                vector(-2)))
        .containsExactly(-2);
  }

  /**
   * By hand: weights 2 and -1 of 1 and -1 vote for + with 3 and both agree. 3 over the magnitudes
   * of the weights, 3, over the weights, 1, or over the number that agree in an unweighted vote,
   * which is a draw and so the first, 2 / 1.
   */
  @ParameterizedTest
  @CsvSource({"PAPER, 1", "MERGEKIT, 3", "PEFT, 2", "FUSIONBENCH, 3"})
  void negativeWeightsTurnVotes(Profile profile, float expected) {
    TiesConfig config = new TiesConfig(1, 1, profile, Merge.BY_PROFILE);

    assertThat(Trial.merge(TIES, config, new double[] {2, -1}, vector(1), vector(-1)))
        .containsExactly(expected);
  }

  /** PEFT's magnitude_prune is its TIES without the election. */
  @Test
  void magnitudePruneEqualsPefts() {
    GoldenRun run = new GoldenRun("magnitude-prune/peft_magnitude_prune.json");

    INDArray merged =
        run.taskVectors(new MagnitudePruneFactory(), new MagnitudePruneConfig(0.4, 1));

    assertThatTensor(merged).isCloseTo(run.expected("merged"), SINGLE, SINGLE);
  }

  @ParameterizedTest
  @EnumSource(Profile.class)
  void tensorsOfOneElementSurvive(Profile profile) {
    assertThat(Trial.merge(TIES, new TiesConfig(0.01, 1, profile, Merge.BY_PROFILE), vector(3)))
        .containsExactly(3);
  }

  @Test
  void mergingBeforeSurveyingIsAnError() {
    assertThatThrownBy(() -> TIES.create(TiesConfig.defaults()).merge(new OneTensor(vector(1, 2))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("before the whole model was surveyed");
  }

  @ParameterizedTest
  @CsvSource({"0", "-0.1", "1.5", "NaN"})
  void refusesADensityOutOfRange(double density) {
    assertThatThrownBy(() -> new TiesConfig(density, 1, Profile.PAPER, Merge.BY_PROFILE))
        .hasMessage("density must be in (0, 1], was " + density);
  }

  private static Map<String, Delta> split(INDArray row, int first) {
    Map<String, Delta> deltas = new LinkedHashMap<>();
    INDArray values = row.dup('c');
    if (first > 0) {
      deltas.put("v", new DenseDelta(values.get(NDArrayIndex.interval(0, first)).dup('c')));
    }
    deltas.put(
        "w", new DenseDelta(values.get(NDArrayIndex.interval(first, values.length())).dup('c')));
    return deltas;
  }
}
