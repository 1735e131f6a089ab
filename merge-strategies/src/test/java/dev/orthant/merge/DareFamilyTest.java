package dev.orthant.merge;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static dev.orthant.merge.GoldenRun.SINGLE;
import static dev.orthant.merge.Trial.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.merge.DareConfig.Profile;
import dev.orthant.merge.DareConfig.Rescale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code dare-linear} and {@code dare-ties}. */
final class DareFamilyTest {

  private static final DareLinearFactory LINEAR = new DareLinearFactory();
  private static final DareTiesFactory TIES = new DareTiesFactory();

  @ParameterizedTest
  @CsvSource({
    "mergekit_dare_linear_fixed_mask, BY_PROFILE",
    "mergekit_dare_linear_norescale_fixed_mask, NONE"
  })
  void linearEqualsMergekits(String file, Rescale rescale) {
    GoldenRun run = new GoldenRun("dare/" + file + ".json");
    DareLinearConfig config = new DareLinearConfig(0.5, 1, rescale, false, Profile.MERGEKIT);

    Map<String, INDArray> merged =
        run.checkpoints(new FixedDraws<>(LINEAR, c -> c.rule(run.keepMasks(true))), config, true);

    assertThatTensor(merged.get("w")).isCloseTo(run.expected("w"), SINGLE, SINGLE);
    assertThatTensor(merged.get("v")).isCloseTo(run.expected("v"), SINGLE, SINGLE);
  }

  @Test
  void tiesEqualsMergekits() {
    GoldenRun run = new GoldenRun("dare/mergekit_dare_ties_fixed_mask.json");
    DareTiesConfig config =
        new DareTiesConfig(
            0.5, 1, Rescale.BY_PROFILE, TiesConfig.Merge.BY_PROFILE, Profile.MERGEKIT);

    Map<String, INDArray> merged =
        run.checkpoints(new FixedDraws<>(TIES, c -> c.rule(run.keepMasks(true))), config, true);

    assertThatTensor(merged.get("w")).isCloseTo(run.expected("w"), SINGLE, SINGLE);
    assertThatTensor(merged.get("v")).isCloseTo(run.expected("v"), SINGLE, SINGLE);
  }

  @Test
  void linearEqualsPefts() {
    GoldenRun run = new GoldenRun("dare/peft_dare_linear_fixed_mask.json");
    DareLinearConfig config = new DareLinearConfig(0.5, 1, Rescale.BY_PROFILE, false, Profile.PEFT);

    INDArray merged =
        run.taskVectors(new FixedDraws<>(LINEAR, c -> c.rule(run.keepMasks(false))), config);

    assertThatTensor(merged).isCloseTo(run.expected("merged"), SINGLE, SINGLE);
  }

  @Test
  void tiesEqualsPefts() {
    GoldenRun run = new GoldenRun("dare/peft_dare_ties_fixed_mask.json");
    DareTiesConfig config =
        new DareTiesConfig(0.5, 1, Rescale.BY_PROFILE, TiesConfig.Merge.BY_PROFILE, Profile.PEFT);

    INDArray merged =
        run.taskVectors(new FixedDraws<>(TIES, c -> c.rule(run.keepMasks(false))), config);

    assertThatTensor(merged).isCloseTo(run.expected("merged"), SINGLE, SINGLE);
  }

  @Test
  void linearDrawsWhatDareDraws() {
    float[] x = vector(1, -2, 3, -4, 5, -6, 7, -8);
    float[] y = vector(8, 7, 6, 5, 4, 3, 2, 1);

    assertThat(Trial.merge(LINEAR, DareLinearConfig.defaults(), x, y))
        .containsExactly(Trial.merge(new DareFactory(), DareConfig.defaults(), x, y));
  }

  /**
   * By hand: x = [1, -2], y = [3, 5], all kept with density 0.5, so [2, -4] and [6, 10]. Weights 3
   * and 1 add up to 12 and -2, divided by 4: 3 and -0.5.
   */
  @Test
  void normalisedWeightsAddUpToOne() {
    DareLinearConfig config = new DareLinearConfig(0.5, 1, Rescale.BY_PROFILE, true, Profile.PAPER);
    Draws all = (tensor, i) -> (index, probability) -> true;

    float[] merged =
        Trial.merge(
            new FixedDraws<>(LINEAR, c -> c.rule(all)),
            config,
            new double[] {3, 1},
            vector(1, -2),
            vector(3, 5));

    assertThat(merged).containsExactly(3, -0.5f);
  }

  /** Nothing survives: nothing to scale up. */
  @ParameterizedTest
  @EnumSource(Rescale.class)
  void whatIsDroppedWholeIsZero(Rescale rescale) {
    DareLinearConfig config = new DareLinearConfig(0.5, 1, rescale, false, Profile.MERGEKIT);
    Draws none = (tensor, i) -> (index, probability) -> false;

    Delta merged = config.rule(none).merge(new OneTensor(vector(1, 2)));

    assertThat(merged.dense().toFloatVector()).containsExactly(0, 0);
  }

  @Test
  void refusesWeightsThatCancelOutWhereTheyAreDividedBy() {
    DareLinearConfig config = new DareLinearConfig(0.5, 1, Rescale.NONE, true, Profile.PAPER);

    assertThatThrownBy(
            () -> Trial.merge(LINEAR, config, new double[] {1, -1}, vector(1), vector(2)))
        .hasMessageContaining("must not add up to 0");
  }
}
