package dev.orthant.merge;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static dev.orthant.merge.GoldenRun.SINGLE;
import static dev.orthant.merge.Trial.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** SCE, RAM, Nearswap, Arcee Fusion and passthrough. */
final class SelectiveRulesTest {

  @Test
  void sceEqualsMergekits() {
    GoldenRun run = new GoldenRun("sce/mergekit_sce.json");

    assertModel(run, run.checkpoints(new SceFactory(), new SceConfig(0.5), true));
  }

  @Test
  void nearswapEqualsItsReference() {
    GoldenRun run = new GoldenRun("nearswap/nearswap.json");

    assertModel(run, run.checkpoints(new NearswapFactory(), new NearswapConfig(0.05), false, 2));
  }

  @Test
  void ramEqualsItsReference() {
    GoldenRun run = new GoldenRun("ram/ram.json");

    assertModel(run, run.checkpoints(new RamFactory(), new RamConfig(0.05), true));
  }

  @Test
  void ramPlusEqualsItsReference() {
    GoldenRun run = new GoldenRun("ramplus-tl/ramplus_tl.json");

    assertModel(
        run, run.checkpoints(new RamplusTlFactory(), new RamplusTlConfig(0.1, 1.5, 0.05), true));
  }

  @Test
  void arceeFusionEqualsItsReference() {
    GoldenRun run = new GoldenRun("arcee-fusion/arcee_fusion.json");

    assertModel(
        run, run.checkpoints(new ArceeFusionFactory(), ArceeFusionConfig.defaults(), true, 1));
  }

  /**
   * By hand: variances of [1, 3], [2, 2], [-1, 5], [4, -4] are 1, 0, 9, 16. Of three positions with
   * any, select_topk 0.7 keeps two, the last. Mean squares 17 and 41 over 58; votes 4 and 0, and
   * the cancelled one is positive, so only one input agrees at each.
   */
  @Test
  void handExampleOfSce() {
    float[] merged =
        Trial.merge(new SceFactory(), new SceConfig(0.7), vector(1, 2, -1, 4), vector(3, 2, 5, -4));

    assertThat(merged).containsExactly(0, 0, 5, 4);
  }

  /** By hand: weights 1 / 10 and 9 / 10, both agree: (1 * 1 + 9 * 3) / 10. */
  @Test
  void sceWeighsInputsByTheirMeanSquares() {
    float[] merged = Trial.merge(new SceFactory(), SceConfig.defaults(), vector(1), vector(3));

    assertThat(merged).containsExactly(new float[] {2.8f}, within(1e-6f));
  }

  /** One input has no variance: nothing is selected unless everything is. */
  @ParameterizedTest
  @CsvSource({"0.5, 0", "1, 3"})
  void sceOfOneInputNeedsAllPositions(double selectTopk, float expected) {
    assertThat(Trial.merge(new SceFactory(), new SceConfig(selectTopk), vector(3)))
        .containsExactly(expected);
  }

  /** By hand, t = 1: to 2 from 1; from 1 by at most 1 towards 5 and towards -4. */
  @Test
  void handExampleOfNearswap() {
    float[] merged =
        Trial.merge(
            new NearswapFactory(), new NearswapConfig(1), vector(1, 1, 1, 1), vector(2, 5, -4, 1));

    assertThat(merged).containsExactly(2, 2, 0, 1);
  }

  /** By hand, epsilon 1: alone 3; shared (4 - 2) / 2; none active 0; at epsilon is not active. */
  @Test
  void handExampleOfRam() {
    float[] merged =
        Trial.merge(
            new RamFactory(), new RamConfig(1), vector(3, 4, 0.5f, 1), vector(0, -2, 0.5f, -5));

    assertThat(merged).containsExactly(3, 1, 0, -5);
  }

  /**
   * By hand, r 0.5, alpha 2: the first has one shared and two unique elements, ratio 0.5, factor
   * 1.25; the second one shared and none unique, so ratio alpha, which finds nothing to amplify.
   */
  @Test
  void handExampleOfRamPlus() {
    RamplusTlConfig config = new RamplusTlConfig(0.5, 2, 0);

    float[] merged = Trial.merge(new RamplusTlFactory(), config, vector(4, 8, 2), vector(0, 0, 6));

    assertThat(merged).containsExactly(5, 10, 4);
  }

  /**
   * The greatest single number that is not above 0.1 is what counts, as 0.1 has none of its own.
   */
  @Test
  void activityIsComparedInDoublePrecision() {
    assertThat(Trial.merge(new RamFactory(), new RamConfig(0.1), vector(0.1f, 0.099999994f)))
        .containsExactly(0.1f, 0); // 0.1f is 0.100000001
  }

  @Test
  void passthroughScales() {
    assertThat(Trial.merge(new PassthroughFactory(), new PassthroughConfig(-0.5), vector(2, -4)))
        .containsExactly(-1, 2);
  }

  @Test
  void refusesValuesOutOfRange() {
    assertThatThrownBy(() -> new SceConfig(0)).hasMessage("select_topk must be in (0, 1], was 0.0");
    assertThatThrownBy(() -> new NearswapConfig(0)).hasMessage("t must be above 0, was 0.0");
    assertThatThrownBy(() -> new RamConfig(-1)).hasMessage("epsilon must be at least 0, was -1.0");
    assertThatThrownBy(() -> new RamplusTlConfig(0.1, Double.NaN, 0))
        .hasMessage("alpha must be at least 0, was NaN");
    assertThatThrownBy(() -> new PassthroughConfig(Double.NaN))
        .hasMessage("scale must be finite, was NaN");
  }

  private static void assertModel(GoldenRun run, Map<String, INDArray> merged) {
    for (String name : List.of("w", "v")) {
      assertThatTensor(merged.get(name)).isCloseTo(run.expected(name), SINGLE, SINGLE);
    }
  }
}
