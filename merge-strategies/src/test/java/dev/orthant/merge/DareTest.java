package dev.orthant.merge;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static dev.orthant.merge.GoldenRun.SINGLE;
import static dev.orthant.merge.Trial.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.merge.AdapterInput;
import dev.orthant.core.merge.MergeEngine;
import dev.orthant.merge.DareConfig.Merge;
import dev.orthant.merge.DareConfig.Profile;
import dev.orthant.merge.DareConfig.Rescale;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class DareTest {

  private static final DareFactory DARE = new DareFactory();

  @ParameterizedTest
  @CsvSource({
    "mergekit_dare_linear_fixed_mask, LINEAR, BY_PROFILE",
    "mergekit_dare_linear_norescale_fixed_mask, LINEAR, NONE",
    "mergekit_dare_ties_fixed_mask, TIES, BY_PROFILE"
  })
  void mergekitProfileEqualsMergekit(String file, Merge merge, Rescale rescale) {
    GoldenRun run = new GoldenRun("dare/" + file + ".json");
    DareConfig config = new DareConfig(0.5, 1, rescale, merge, Profile.MERGEKIT);

    Map<String, INDArray> merged =
        run.checkpoints(new FixedDraws<>(DARE, c -> c.rule(run.keepMasks(true))), config, true);

    assertThatTensor(merged.get("w")).isCloseTo(run.expected("w"), SINGLE, SINGLE);
    assertThatTensor(merged.get("v")).isCloseTo(run.expected("v"), SINGLE, SINGLE);
  }

  @ParameterizedTest
  @CsvSource({"peft_dare_linear_fixed_mask, LINEAR", "peft_dare_ties_fixed_mask, TIES"})
  void peftProfileEqualsPeft(String file, Merge merge) {
    GoldenRun run = new GoldenRun("dare/" + file + ".json");
    DareConfig config = new DareConfig(0.5, 1, Rescale.BY_PROFILE, merge, Profile.PEFT);

    INDArray merged =
        run.taskVectors(new FixedDraws<>(DARE, c -> c.rule(run.keepMasks(false))), config);

    assertThatTensor(merged).isCloseTo(run.expected("merged"), SINGLE, SINGLE);
  }

  @Test
  void defaultsEqualFusionBench() {
    GoldenRun run = new GoldenRun("dare/fusionbench_dare_ta_fixed_mask.json");

    INDArray merged =
        run.taskVectors(
            new FixedDraws<>(DARE, c -> c.rule(run.keepMasks(false))), DareConfig.defaults());

    assertThatTensor(merged.addi(run.golden.tensor("inputs", "base.w")))
        .isCloseTo(run.expected("merged_w"), SINGLE, SINGLE);
  }

  /**
   * By hand: x = [1, -2, 3, 4], the second and the fourth dropped, density 0.5. Divided by the
   * density: [2, 0, 6, 0]. Sum of magnitudes kept, 10 of which 4 survive, factor 2.5: [2.5, 0, 7.5,
   * 0]. Without rescaling: [1, 0, 3, 0].
   */
  @ParameterizedTest
  @CsvSource({"INVERSE_DENSITY, 2, 6", "L1, 2.5, 7.5", "NONE, 1, 3"})
  void handExample(Rescale rescale, float first, float third) {
    Draws draws = (tensor, i) -> (index, probability) -> index % 2 == 0;
    DareConfig config = new DareConfig(0.5, 1, rescale, Merge.LINEAR, Profile.PAPER);

    Delta merged = config.rule(draws).merge(new OneTensor(vector(1, -2, 3, 4)));

    assertThat(merged.dense().toFloatVector()).containsExactly(first, 0, third, 0);
  }

  @Test
  void keepsTheDensityAndTheMean() {
    int n = 100_000;
    float[] ones = new float[n];
    Arrays.fill(ones, 1);
    DareConfig config =
        new DareConfig(0.3, 1, Rescale.INVERSE_DENSITY, Merge.LINEAR, Profile.PAPER);

    float[] merged = Trial.merge(DARE, config, ones);

    int kept = 0;
    for (float value : merged) {
      assertThat(value == 0 || Math.abs(value - 1 / 0.3f) < 1e-6).isTrue();
      kept += value != 0 ? 1 : 0;
    }
    // four standard deviations of a binomial share: 4 * sqrt(0.3 * 0.7 / n) = 0.0058
    assertThat((double) kept / n).isCloseTo(0.3, within(0.0058));
  }

  @Test
  void inputsAreDroppedIndependently() {
    float[] ones = new float[1000];
    Arrays.fill(ones, 1);
    DareConfig config = new DareConfig(0.5, 1, Rescale.NONE, Merge.LINEAR, Profile.PAPER);

    float[] merged = Trial.merge(DARE, config, ones, ones);

    assertThat(merged).contains(0, 1, 2);
  }

  @Test
  void nothingDroppedStaysLowRank() {
    LoraDelta delta = new LoraDelta(Nd4j.ones(3, 2), Nd4j.ones(2, 4), 2);
    DareConfig config = new DareConfig(1, 0.5, Rescale.BY_PROFILE, Merge.LINEAR, Profile.PAPER);

    Delta merged =
        MergeEngine.builder(DARE, config)
            .build()
            .mergeAdapters(List.of(AdapterInput.of("x", Map.of("m", delta))), null)
            .deltas()
            .get("m");

    assertThat(merged).isInstanceOf(LoraDelta.class);
    assertThatTensor(merged.dense()).isCloseTo(delta.dense().mul(0.5), 0, 0);
  }

  @Test
  void refusesADensityOutOfRange() {
    assertThatThrownBy(() -> new DareConfig(0, 1, Rescale.NONE, Merge.LINEAR, Profile.PAPER))
        .hasMessage("density must be in (0, 1], was 0.0");
  }
}
