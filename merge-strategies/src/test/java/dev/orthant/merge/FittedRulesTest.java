package dev.orthant.merge;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static dev.orthant.merge.ChainTrial.LOWER;
import static dev.orthant.merge.ChainTrial.UPPER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.merge.AdapterInput;
import dev.orthant.core.merge.MergeEngine;
import dev.orthant.core.merge.MergeRefusedException;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.Golden;
import dev.orthant.core.testing.InMemoryTensors;
import dev.orthant.merge.AdaMergingConfig.Granularity;
import dev.orthant.merge.RegMeanConfig.Profile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Rules that are fitted to a model, against PyTorch and NumPy on a small network. */
final class FittedRulesTest {

  /** Deltas of order one are given and returned in single precision. */
  private static final double SINGLE = 1e-6;

  private static final List<List<String>> APART = List.of(List.of(LOWER), List.of(UPPER));
  private static final List<List<String>> TOGETHER = List.of(List.of(LOWER, UPPER));

  private static final List<String> MODULES = List.of("l1", "l2");

  private final Golden golden = Golden.load(FittedRulesTest.class, "/reference/trial/trial.json");

  @ParameterizedTest
  @CsvSource({"tensor,TENSOR,0.02,true", "task,TASK,0.02,true", "free,TENSOR,0.05,false"})
  void adamergingTakesTheStepsOfPyTorch(
      String name, Granularity granularity, double learningRate, boolean clamp) {
    AdaMergingConfig config = new AdaMergingConfig(granularity, 0.3, learningRate, 60, 16, clamp);

    Map<String, Delta> low = merge(new AdaMergingFactory(), config, APART, false);
    Map<String, Delta> dense = merge(new AdaMergingFactory(), config, APART, true);

    assertEqual(low, "adamerging", name);
    assertEqual(dense, "adamerging", name);
    assertThat(low.values()).allMatch(LoraDelta.class::isInstance);
  }

  @Test
  void adamergingPlusplusTakesTheStepsOfPyTorch() {
    AdaMergingPlusplusConfig config =
        new AdaMergingPlusplusConfig(0.4, Granularity.TENSOR, 0.3, 0.02, 60, 16, true);

    assertEqual(
        merge(new AdaMergingPlusplusFactory(), config, APART, false), "adamerging-plusplus");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void regmeanPlusplusSolvesLayersOnMergedFeatures(boolean dense) {
    RegMeanConfig config = new RegMeanConfig(1, 1e-3, Profile.PAPER);

    assertEqual(
        merge(new RegMeanPlusplusFactory(), config, APART, dense), "regmean-plusplus", "apart");
    assertEqual(
        merge(new RegMeanPlusplusFactory(), config, TOGETHER, dense),
        "regmean-plusplus",
        "together");
  }

  @ParameterizedTest
  @CsvSource({
    "balanced,3,1e-3,0.1,true,false",
    "balanced,3,1e-3,0.1,true,true",
    "plain,2,1e-7,0,false,false"
  })
  void iterisSolvesOnTheMergedModelsFeaturesAgainAndAgain(
      String name, int iterations, double ridge, double mix, boolean balance, boolean dense) {
    IterisConfig config = new IterisConfig(iterations, ridge, mix, balance);

    assertEqual(merge(new IterisFactory(), config, APART, dense), "iteris", name);
  }

  /** Its first iteration has the experts' features on both sides. */
  @Test
  void oneIterationOfIterisIsRegmean() {
    Map<String, Delta> iteris =
        merge(new IterisFactory(), new IterisConfig(1, 1e-12, 0, false), APART, false);
    Map<String, Delta> regmean =
        merge(
            new RegMeanPlusplusFactory(),
            new RegMeanConfig(1, 1e-12, Profile.PAPER),
            TOGETHER,
            false);

    for (String tensor : iteris.keySet()) {
      assertThatTensor(iteris.get(tensor).dense())
          .isCloseTo(regmean.get(tensor).dense(), SINGLE, SINGLE);
    }
  }

  @Test
  void withoutAModelTheyAreRefused() {
    assertThatThrownBy(
            () ->
                MergeEngine.builder(new AdaMergingFactory(), AdaMergingConfig.defaults())
                    .build()
                    .mergeAdapters(inputs(false), null))
        .isInstanceOf(MergeRefusedException.class)
        .hasMessageContaining("it needs unlabelled data, which this run does not have");
  }

  @ParameterizedTest
  @CsvSource({"0,16,steps must be at least 1", "1,0,batch_size must be at least 1"})
  void impossibleSettingsAreRefused(int steps, int batchSize, String message) {
    assertThatThrownBy(
            () -> new AdaMergingConfig(Granularity.TASK, 0.3, 1e-3, steps, batchSize, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private <C extends Record> Map<String, Delta> merge(
      MergerFactory<C> factory, C config, List<List<String>> layers, boolean dense) {
    Map<String, Matrix> base = new LinkedHashMap<>();
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    for (String module : MODULES) {
      INDArray weights = golden.tensor("base", module);
      base.put(module + ".weight", Matrix.of(module, weights));
      tensors.put(module + ".weight", weights);
    }
    List<Matrix> x =
        List.of(Matrix.of("x", golden.tensor("x", "0")), Matrix.of("x", golden.tensor("x", "1")));
    return MergeEngine.builder(factory, config)
        .trial(new ChainTrial(base, x, layers))
        .build()
        .mergeAdapters(inputs(dense), new InMemoryTensors(tensors))
        .deltas();
  }

  private List<AdapterInput> inputs(boolean dense) {
    List<AdapterInput> inputs = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Map<String, Delta> deltas = new LinkedHashMap<>();
      for (String module : MODULES) {
        String input = Integer.toString(i);
        LoraDelta low =
            new LoraDelta(
                golden.tensor("factors", input, module, "b"),
                golden.tensor("factors", input, module, "a"),
                1);
        deltas.put(module, dense ? new DenseDelta(low.dense()) : low);
      }
      inputs.add(
          AdapterInput.of("t" + i, deltas).withWeight(golden.at("weights").get(i).asDouble()));
    }
    return inputs;
  }

  private void assertEqual(Map<String, Delta> merged, String... path) {
    for (String module : MODULES) {
      String[] whole = Arrays.copyOf(path, path.length + 1);
      whole[path.length] = module;
      assertThatTensor(merged.get(module).dense())
          .as(module)
          .isCloseTo(golden.tensor(whole), SINGLE, SINGLE);
    }
  }
}
