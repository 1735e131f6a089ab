package dev.orthant.merge;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.merge.AdapterInput;
import dev.orthant.core.merge.MergeEngine;
import dev.orthant.core.merge.MergeRefusedException;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.MergerTraits.Space;
import dev.orthant.merge.TiesConfig.Merge;
import dev.orthant.merge.TiesConfig.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Rules in the core space and in that of KnOTS. */
final class SpacesTest {

  /** The reference multiplies factors in single precision. */
  private static final double SINGLE = 1e-5;

  private static final TiesFactory TIES = new TiesFactory();

  @ParameterizedTest
  @CsvSource({"mean, MEAN", "sum, SUM"})
  void tiesInTheSpaceOfKnotsEqualsTheAuthorsCode(String file, Merge merge) {
    GoldenRun run = new GoldenRun("knots/knots_ties_%s.json".formatted(file));
    TiesConfig config = new TiesConfig(0.3, 0.6, Profile.PAPER, merge);

    INDArray merged = merge(TIES, config, Space.KNOTS, deltas(run)).dense();

    assertThatTensor(merged.add(run.golden.tensor("inputs", "base.w")))
        .isCloseTo(run.expected("merged.w"), SINGLE, SINGLE);
  }

  @Test
  void theMeanInTheSpaceOfKnotsEqualsTheAuthorsCode() {
    GoldenRun run = new GoldenRun("knots/knots_tv_mean.json");
    AverageConfig config = AverageConfig.defaults();

    INDArray merged = merge(new AverageFactory(), config, Space.KNOTS, deltas(run)).dense();

    assertThatTensor(merged.mul(0.6).add(run.golden.tensor("inputs", "base.w")))
        .isCloseTo(run.expected("merged.w"), SINGLE, SINGLE);
  }

  @Test
  void elementWiseRulesGiveAnAdapterInASpaceAndDifferFromTheWeights() {
    List<Delta> deltas = List.of(lora(1), lora(2), lora(3));
    TiesConfig config = new TiesConfig(0.5, 1, Profile.MERGEKIT, Merge.BY_PROFILE);

    Delta full = merge(TIES, config, Space.FULL, deltas);
    Delta core = merge(TIES, config, Space.CORE, deltas);
    Delta knots = merge(TIES, config, Space.KNOTS, deltas);

    assertThat(full).isInstanceOf(DenseDelta.class);
    for (Delta each : List.of(core, knots)) {
      assertThat(each)
          .isInstanceOfSatisfying(LoraDelta.class, d -> assertThat(d.rank()).isEqualTo(6));
      assertThat(each.dense().sub(full.dense()).norm2Number().doubleValue()).isGreaterThan(0.1);
    }
  }

  @Test
  void theCoreSpaceIsRefusedForWhatHasNoFactors() {
    Delta dense = new DenseDelta(Nd4j.ones(3, 4));

    assertThatThrownBy(() -> merge(TIES, TiesConfig.defaults(), Space.CORE, List.of(dense)))
        .hasMessage(
            "tensor 'w.weight' of input 'x0' has no low-rank form, which the core space is made of");
  }

  @Test
  void aRuleIsRefusedInASpaceThatItDoesNotDeclare() {
    RegMeanConfig config = RegMeanConfig.defaults();

    assertThatThrownBy(
            () -> merge(new RegMeanFactory(), config, Space.CORE, List.of(lora(1), lora(2))))
        .isInstanceOf(MergeRefusedException.class)
        .hasMessageContaining("it does not work in the space 'core'");
  }

  private static List<Delta> deltas(GoldenRun run) {
    INDArray base = run.golden.tensor("inputs", "base.w");
    List<Delta> deltas = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      deltas.add(new DenseDelta(run.golden.tensor("inputs", "ft" + i + ".w").sub(base)));
    }
    return deltas;
  }

  private static <C extends Record> Delta merge(
      MergerFactory<C> factory, C config, Space space, List<Delta> deltas) {
    List<AdapterInput> inputs = new ArrayList<>();
    for (int i = 0; i < deltas.size(); i++) {
      inputs.add(AdapterInput.of("x" + i, Map.of("w", deltas.get(i))));
    }
    return MergeEngine.builder(factory, config)
        .space(space)
        .build()
        .mergeAdapters(inputs, null)
        .deltas()
        .get("w");
  }

  private static LoraDelta lora(long seed) {
    Nd4j.getRandom().setSeed(seed);
    return new LoraDelta(Nd4j.randn(12, 2), Nd4j.randn(2, 10), 0.5);
  }
}
