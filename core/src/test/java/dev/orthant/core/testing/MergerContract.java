package dev.orthant.core.testing;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.merge.AdapterInput;
import dev.orthant.core.merge.MergeEngine;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.MergerLaw;
import dev.orthant.core.spi.MergerTraits;
import dev.orthant.core.spi.MergerTraits.Space;
import dev.orthant.core.spi.ShapeMismatchException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What every merger has to do. A test class of a merger extends this, says which factory it is, and
 * lists the configurations worth trying. Laws that the factory does not claim are skipped.
 *
 * <p>The inputs are three adapters (or as many as the merger takes) of two matrices and a bias.
 *
 * @param <C> the merger's configuration
 */
@TestInstance(Lifecycle.PER_CLASS)
public abstract class MergerContract<C extends Record> extends ComponentContract<C> {

  private static final int INPUTS = 3;
  private static final int RANK = 2;

  /** Rounding of sums of a few numbers of order one, in another order or through factors. */
  private static final double ROUNDING = 1e-5;

  /** A power of two, so that multiplying by it rounds nothing. */
  private static final double FACTOR = 4;

  /** The factory under test. */
  @Override
  protected abstract MergerFactory<C> factory();

  /** The configurations to try. */
  protected Stream<C> configurations() {
    return Stream.of(factory().defaults());
  }

  /**
   * The same configuration, with nothing dropped and nothing scaled; needed for {@link
   * MergerLaw#IDENTITY_OF_ONE}.
   */
  protected C asIdentity(C config) {
    throw new UnsupportedOperationException(
        factory().name()
            + " claims IDENTITY_OF_ONE: its test has to say which configuration that"
            + " holds for");
  }

  @ParameterizedTest
  @MethodSource("configurations")
  final void oneInputOfWeightOneIsReturned(C config) {
    assumeClaimed(MergerLaw.IDENTITY_OF_ONE);
    C identity = asIdentity(config);
    assumeTrue(factory().traits(identity).minInputs() == 1, "takes more than one input");
    Map<String, Delta> only = input(1);

    assertEqual(MergeTrial.of(List.of(only)).merge(factory(), identity), only, d -> d);
  }

  @ParameterizedTest
  @MethodSource("configurations")
  final void orderOfEquallyWeightedInputsDoesNotMatter(C config) {
    assumeClaimed(MergerLaw.ORDER_INVARIANT);
    MergeTrial trial = MergeTrial.of(inputs(config));

    assertEqual(trial.reversed().merge(factory(), config), trial.merge(factory(), config), d -> d);
  }

  @ParameterizedTest
  @MethodSource("configurations")
  final void zerosMergeToZero(C config) {
    assumeClaimed(MergerLaw.ZERO_TO_ZERO);
    List<Map<String, Delta>> zeros = each(inputs(config), delta -> delta.times(0));

    MergeTrial.of(zeros)
        .merge(factory(), config)
        .forEach((tensor, delta) -> assertThat(delta.norm()).as(tensor).isZero());
  }

  @ParameterizedTest
  @MethodSource("configurations")
  final void positiveFactorsPassThrough(C config) {
    assumeClaimed(MergerLaw.POSITIVELY_HOMOGENEOUS);
    List<Map<String, Delta>> inputs = inputs(config);
    List<Map<String, Delta>> multiplied = each(inputs, delta -> delta.times(FACTOR));

    assertEqual(
        MergeTrial.of(multiplied).merge(factory(), config),
        MergeTrial.of(inputs).merge(factory(), config),
        delta -> delta.times(FACTOR));
  }

  @ParameterizedTest
  @MethodSource("configurations")
  final void sumsPassThrough(C config) {
    assumeClaimed(MergerLaw.LINEAR);
    List<Map<String, Delta>> x = inputs(config);
    List<Map<String, Delta>> y = each(inputs(config), MergerContract::turned);
    List<Map<String, Delta>> sums = new ArrayList<>();
    for (int i = 0; i < x.size(); i++) {
      sums.add(sum(x.get(i), y.get(i)));
    }

    assertEqual(
        MergeTrial.of(sums).merge(factory(), config),
        sum(MergeTrial.of(x).merge(factory(), config), MergeTrial.of(y).merge(factory(), config)),
        d -> d);
  }

  @ParameterizedTest
  @MethodSource("configurations")
  final void lowRankAndDenseInputsGiveTheSame(C config) {
    assumeTrue(!needsFactors(config), "works on factors");
    List<Map<String, Delta>> inputs = inputs(config);
    List<Map<String, Delta>> dense = each(inputs, delta -> new DenseDelta(delta.dense()));

    assertEqual(
        MergeTrial.of(dense).merge(factory(), config),
        MergeTrial.of(inputs).merge(factory(), config),
        d -> d);
  }

  @ParameterizedTest
  @MethodSource("configurations")
  final void inputsAreNotModified(C config) {
    List<Map<String, Delta>> inputs = new ArrayList<>(inputs(config));
    if (needsFactors(config)) {
      inputs.replaceAll(input -> each(List.of(input), MergerContract::copy).get(0));
    } else {
      inputs.replaceAll(
          input -> each(List.of(input), delta -> new DenseDelta(delta.dense())).get(0));
    }
    List<Map<String, Delta>> before =
        each(inputs, delta -> new DenseDelta(delta.dense())); // fresh copies

    Map<String, Delta> merged = MergeTrial.of(inputs).merge(factory(), config);
    merged.values().forEach(MergerContract::spoil);

    for (int i = 0; i < inputs.size(); i++) {
      for (String tensor : before.get(i).keySet()) {
        assertThatTensor(inputs.get(i).get(tensor).dense())
            .hasSameBitsAs(before.get(i).get(tensor).dense());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("configurations")
  final void equalSeedsGiveEqualBitsOnAnyThreads(C config) {
    MergeTrial trial = MergeTrial.of(inputs(config));

    Map<String, Delta> first = trial.merge(factory(), config);
    Map<String, Delta> again = trial.merge(factory(), config);
    Map<String, Delta> parallel = trial.mergeInParallel(factory(), config);

    for (String tensor : first.keySet()) {
      assertThatTensor(again.get(tensor).dense()).hasSameBitsAs(first.get(tensor).dense());
      assertThatTensor(parallel.get(tensor).dense()).hasSameBitsAs(first.get(tensor).dense());
    }
  }

  @ParameterizedTest
  @MethodSource("configurations")
  final void mismatchedShapesFailNamingTheTensor(C config) {
    MergerTraits traits = factory().traits(config);
    assumeTrue(traits.needs().isEmpty() || onlyTaskVectors(traits), "needs more than inputs");
    assumeTrue(traits.maxInputs() > 1, "takes one input");
    List<AdapterInput> inputs = new ArrayList<>();
    for (int i = 0; i < inputCount(config); i++) {
      Delta delta = new DenseDelta(Nd4j.ones(3, i == 1 ? 5 : 4));
      inputs.add(AdapterInput.of("x" + i, Map.of("layer.query", delta)));
    }

    assertThatThrownBy(
            () -> MergeEngine.builder(factory(), config).build().mergeAdapters(inputs, null))
        .isInstanceOf(ShapeMismatchException.class)
        .hasMessageContaining("'layer.query.weight'");
  }

  @ParameterizedTest
  @MethodSource("configurations")
  final void modelsMergeAsAdaptersDo(C config, @TempDir Path folder) {
    MergerTraits traits = factory().traits(config);
    assumeTrue(
        Set.of(MergerTraits.Need.TASK_VECTORS, MergerTraits.Need.BASE).containsAll(traits.needs()),
        "needs more than models");
    List<Map<String, Delta>> inputs = inputs(config);
    MergeTrial adapters = MergeTrial.of(inputs);
    CheckpointTrial models = new CheckpointTrial(folder, adapters.seed());

    assertEqual(models.merge(factory(), config, inputs), adapters.merge(factory(), config), d -> d);
  }

  /** The laws again, on the coordinates of low-rank inputs instead of their elements. */
  @ParameterizedTest
  @MethodSource("configurations")
  final void lawsHoldInEverySpaceThatItDeclares(C config) {
    MergerTraits traits = factory().traits(config);
    assumeTrue(traits.needs().isEmpty() || onlyTaskVectors(traits), "needs more than inputs");
    List<Map<String, Delta>> inputs = inputs(config);
    for (Space space : Space.values()) {
      if (space == Space.FULL || !traits.spaces().contains(space)) {
        continue;
      }
      Map<String, Delta> merged = merge(config, space, inputs, false);
      if (factory().laws().contains(MergerLaw.IDENTITY_OF_ONE) && traits.minInputs() == 1) {
        Map<String, Delta> only = input(1);
        assertEqual(merge(asIdentity(config), space, List.of(only), false), only, d -> d);
      }
      if (factory().laws().contains(MergerLaw.ORDER_INVARIANT)) {
        assertEqual(merge(config, space, inputs, true), merged, d -> d);
      }
      if (factory().laws().contains(MergerLaw.ZERO_TO_ZERO)) {
        merge(config, space, each(inputs, delta -> delta.times(0)), false)
            .forEach((tensor, delta) -> assertThat(delta.norm()).as(tensor).isZero());
      }
      if (factory().laws().contains(MergerLaw.POSITIVELY_HOMOGENEOUS)) {
        assertEqual(
            merge(config, space, each(inputs, delta -> delta.times(FACTOR)), false),
            merged,
            delta -> delta.times(FACTOR));
      }
      if (factory().laws().contains(MergerLaw.LINEAR)) {
        assertEqual(merged, merge(config, Space.FULL, inputs, false), d -> d);
      }
    }
  }

  private Map<String, Delta> merge(
      C config, Space space, List<Map<String, Delta>> deltas, boolean reversed) {
    List<AdapterInput> inputs = new ArrayList<>();
    for (int i = 0; i < deltas.size(); i++) {
      inputs.add(AdapterInput.of("x" + i, deltas.get(i)));
    }
    if (reversed) {
      Collections.reverse(inputs);
    }
    return MergeEngine.builder(factory(), config)
        .space(space)
        .seed(17)
        .build()
        .mergeAdapters(inputs, null)
        .deltas();
  }

  private boolean needsFactors(C config) {
    return factory().traits(config).needs().contains(MergerTraits.Need.FACTORS);
  }

  private static Delta copy(Delta delta) {
    return delta instanceof LoraDelta lora
        ? new LoraDelta(lora.b().dup('c'), lora.a().dup('c'), lora.scaling())
        : new DenseDelta(delta.dense());
  }

  private static boolean onlyTaskVectors(MergerTraits traits) {
    return traits.needs().equals(Set.of(MergerTraits.Need.TASK_VECTORS));
  }

  private int inputCount(C config) {
    MergerTraits traits = factory().traits(config);
    return Math.max(traits.minInputs(), Math.min(INPUTS, traits.maxInputs()));
  }

  private List<Map<String, Delta>> inputs(C config) {
    List<Map<String, Delta>> inputs = new ArrayList<>();
    for (int i = 0; i < inputCount(config); i++) {
      inputs.add(input(i + 1));
    }
    return inputs;
  }

  /** Two adapted matrices and a bias. */
  private static Map<String, Delta> input(int seed) {
    Random random = new Random(seed);
    Map<String, Delta> deltas = new LinkedHashMap<>();
    deltas.put(
        "query.weight", new LoraDelta(matrix(random, 6, RANK), matrix(random, RANK, 5), 0.5));
    deltas.put("value.weight", new LoraDelta(matrix(random, 4, RANK), matrix(random, RANK, 7), 2));
    deltas.put("value.bias", new DenseDelta(matrix(random, 1, 7).reshape(7)));
    return deltas;
  }

  private static INDArray matrix(Random random, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Nd4j.createFromArray(values).reshape('c', rows, columns);
  }

  private static List<Map<String, Delta>> each(
      List<Map<String, Delta>> inputs, UnaryOperator<Delta> change) {
    return inputs.stream()
        .map(
            input -> {
              Map<String, Delta> changed = new LinkedHashMap<>();
              input.forEach((tensor, delta) -> changed.put(tensor, change.apply(delta)));
              return changed;
            })
        .toList();
  }

  /** Another delta of the same shape: the elements in reverse order. */
  private static Delta turned(Delta delta) {
    float[] values = delta.dense().ravel().toFloatVector();
    float[] reversed = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      reversed[i] = values[values.length - 1 - i];
    }
    return new DenseDelta(Nd4j.createFromArray(reversed).reshape('c', delta.shape()));
  }

  private static Map<String, Delta> sum(Map<String, Delta> x, Map<String, Delta> y) {
    Map<String, Delta> sums = new LinkedHashMap<>();
    x.forEach(
        (tensor, delta) ->
            sums.put(tensor, new DenseDelta(delta.dense().add(y.get(tensor).dense()))));
    return sums;
  }

  /** Overwrites a result, which must not show in the inputs. */
  private static void spoil(Delta delta) {
    if (delta instanceof LoraDelta lora) {
      lora.b().assign(-1000);
      lora.a().assign(-1000);
    }
    if (delta instanceof DenseDelta dense) {
      dense.values().assign(-1000);
    }
  }

  private static void assertEqual(
      Map<String, Delta> actual, Map<String, Delta> expected, UnaryOperator<Delta> change) {
    assertThat(actual.keySet()).containsExactlyElementsOf(expected.keySet());
    expected.forEach(
        (tensor, delta) ->
            assertThatTensor(actual.get(tensor).dense())
                .as(tensor)
                .isCloseTo(change.apply(delta).dense(), ROUNDING, ROUNDING));
  }

  private void assumeClaimed(MergerLaw law) {
    assumeTrue(factory().laws().contains(law), () -> factory().name() + " does not claim " + law);
  }
}
