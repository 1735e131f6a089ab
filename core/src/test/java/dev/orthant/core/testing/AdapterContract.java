package dev.orthant.core.testing;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.orthant.core.checkpoint.PeftAdapter;
import dev.orthant.core.checkpoint.PeftAdapterBuilder;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.PortableKernels;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterExport;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.AdapterLaw;
import dev.orthant.core.spi.ConstrainedBasis;
import dev.orthant.core.spi.MatrixOps;
import dev.orthant.core.spi.Parameter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What every adapter has to do. A test class of a kind of adapter extends this, says which factory
 * it is, and lists the configurations worth trying; ranks may be up to {@value AdapterTrial#D_OUT}.
 * Laws that the factory does not claim are skipped.
 *
 * @param <C> the adapter's configuration
 */
@TestInstance(Lifecycle.PER_CLASS)
public abstract class AdapterContract<C extends Record> extends ComponentContract<C> {

  /** Single precision over sums of a dozen products, relative to the largest output. */
  private static final double FORWARD_TOLERANCE = 1e-6;

  /** Rounding of y, 2e-7 an element, over the width 1/32 of a central difference, with margin. */
  private static final double GRADIENT_TOLERANCE = 1e-3;

  /** Rounding of factors and product to single precision, relative to the norm. */
  private static final double RELATIVE_ROUNDING = 1e-5;

  /** Rounding of factors that cancel to single precision, relative to the base's product. */
  private static final double CANCELLATION = 1e-6;

  private static final String MODULE = "encoder.layer.0.attention.self.query";
  private static final Set<String> PLAIN_LORA = Set.of("lora_A.weight", "lora_B.weight");

  private final AdapterTrial trial = new AdapterTrial();
  private final WorkerPool pool = new WorkerPool(2);

  /** The factory under test. */
  @Override
  protected abstract AdapterFactory<C> factory();

  /** The configurations to try. */
  protected Stream<C> configurations() {
    return Stream.of(factory().defaults());
  }

  /** The same configuration with twice the alpha; needed for {@link AdapterLaw#LINEAR_IN_ALPHA}. */
  protected C withDoubledAlpha(C config) {
    throw new UnsupportedOperationException(
        factory().name() + " claims LINEAR_IN_ALPHA: its test has to say how alpha is doubled");
  }

  /** The array operations to try. */
  protected Stream<MatrixOps> operations() {
    return Stream.of(new PlainOps(), new PortableKernels(), new CpuKernels(pool));
  }

  @AfterAll
  final void closePool() {
    pool.close();
  }

  final Stream<Case<C>> cases() {
    List<MatrixOps> operations = operations().toList();
    return configurations()
        .flatMap(
            config ->
                operations.stream()
                    .flatMap(
                        ops ->
                            Stream.of(
                                new Case<>(config, ops, false), new Case<>(config, ops, true))))
        .filter(of -> !of.frozen || factory().refusesBasis().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("cases")
  final void freshAdapterChangesNothing(Case<C> of) {
    assumeClaimed(AdapterLaw.IDENTITY_AT_START);
    Adapter adapter = fresh(of.config, 3, basis(of));

    INDArray y = trial.forward(adapter, trial.pass(of.ops, false), trial.x);

    assertThatTensor(y).hasSameBitsAs(trial.base(trial.x));
    assertThat(adapter.delta().norm()).isZero();
  }

  @ParameterizedTest
  @MethodSource("cases")
  final void freshAdapterChangesNothingButRounding(Case<C> of) {
    assumeClaimed(AdapterLaw.IDENTITY_TO_ROUNDING_AT_START);
    Adapter adapter = fresh(of.config, 3, basis(of));

    INDArray y = trial.forward(adapter, trial.pass(of.ops, false), trial.x);

    assertThatTensor(y).isCloseTo(trial.base(trial.x), CANCELLATION, CANCELLATION);
  }

  @ParameterizedTest
  @MethodSource("cases")
  final void forwardEqualsTheMergedWeights(Case<C> of) {
    Adapter adapter = trial.shaken(fresh(of.config, 3, basis(of)));

    INDArray y = trial.forward(adapter, trial.pass(of.ops, false), trial.x);

    INDArray expected = trial.merged(trial.x, adapter.delta().dense());
    double largest = expected.amaxNumber().doubleValue();
    assertThatTensor(y).isCloseTo(expected, FORWARD_TOLERANCE * largest, 0);
  }

  @ParameterizedTest
  @MethodSource("cases")
  final void forwardMayOverwriteTheBaseProduct(Case<C> of) {
    Adapter adapter = trial.shaken(fresh(of.config, 3, basis(of)));
    INDArray inPlace = trial.base(trial.x);

    adapter.forward(trial.pass(of.ops, true), trial.x, inPlace, inPlace);

    assertThatTensor(inPlace)
        .hasSameBitsAs(trial.forward(adapter, trial.pass(of.ops, true), trial.x));
  }

  @ParameterizedTest
  @MethodSource("cases")
  final void gradientsEqualFiniteDifferences(Case<C> of) {
    for (boolean training : of.frozen ? new boolean[] {false} : new boolean[] {false, true}) {
      MatrixOps differenceOps = training ? of.ops : new PlainOps(); // dropout masks differ
      Adapter adapter = trial.shaken(fresh(of.config, 3, basis(of)));
      AdapterPass pass = trial.pass(of.ops, training);

      trial.forward(adapter, pass, trial.x);
      INDArray dx = trial.baseInputGradient(adapter, pass);
      adapter.backward(pass, trial.x, trial.dy, dx, true);

      assertThatTensor(dx)
          .as("dx")
          .isCloseTo(
              trial.numericGradient(trial.x, adapter, differenceOps, training),
              GRADIENT_TOLERANCE,
              GRADIENT_TOLERANCE);
      if (!factory().laws().contains(AdapterLaw.WHOLE_GRADIENTS)) {
        continue;
      }
      for (Parameter parameter : adapter.parameters()) {
        INDArray expected =
            parameter.isTrainable()
                ? trial.numericGradient(parameter.value(), adapter, differenceOps, training)
                : Nd4j.zerosLike(parameter.value());
        assertThatTensor(parameter.gradient())
            .as("gradient of " + parameter.name())
            .isCloseTo(expected, GRADIENT_TOLERANCE, GRADIENT_TOLERANCE);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  final void gradientsAddUpAndAnUnwantedOneIsLeftAlone(Case<C> of) {
    Adapter adapter = trial.shaken(fresh(of.config, 3, basis(of)));
    AdapterPass pass = trial.pass(of.ops, true);
    INDArray dx = Nd4j.valueArrayOf(trial.x.shape(), 5f);
    trial.forward(adapter, pass, trial.x);
    adapter.baseGradient(pass, trial.dy);
    adapter.backward(pass, trial.x, trial.dy, dx, false);
    List<INDArray> once = adapter.parameters().stream().map(p -> p.gradient().dup()).toList();

    adapter.backward(pass, trial.x, trial.dy, dx, false);

    assertThatTensor(dx).hasSameBitsAs(Nd4j.valueArrayOf(trial.x.shape(), 5f));
    for (int i = 0; i < once.size(); i++) {
      assertThatTensor(adapter.parameters().get(i).gradient())
          .as("gradient of " + adapter.parameters().get(i).name())
          .isCloseTo(once.get(i).mul(2), RELATIVE_ROUNDING, RELATIVE_ROUNDING);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  final void passesDoNotDisturbEachOther(Case<C> of) {
    Adapter alone = trial.shaken(fresh(of.config, 3, basis(of)));
    Adapter disturbed = restored(alone, fresh(of.config, 3, basis(of)));

    AdapterPass only = trial.pass(of.ops, true);
    trial.forward(alone, only, trial.x);
    INDArray expected = trial.baseInputGradient(alone, only);
    alone.backward(only, trial.x, trial.dy, expected, true);
    AdapterPass first = trial.pass(of.ops, true);
    trial.forward(disturbed, first, trial.x);
    trial.forward(disturbed, trial.pass(of.ops, false), trial.x.mul(3));
    INDArray dx = trial.baseInputGradient(disturbed, first);
    disturbed.backward(first, trial.x, trial.dy, dx, true);

    assertThatTensor(dx).as("dx").hasSameBitsAs(expected);
    for (int i = 0; i < alone.parameters().size(); i++) {
      assertThatTensor(disturbed.parameters().get(i).gradient())
          .as("gradient of " + alone.parameters().get(i).name())
          .hasSameBitsAs(alone.parameters().get(i).gradient());
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  final void sameSeedGivesTheSameBits(Case<C> of) {
    List<Parameter> first = fresh(of.config, 3, basis(of)).parameters();
    List<Parameter> second = fresh(of.config, 3, basis(of)).parameters();

    assertThat(names(second)).isEqualTo(names(first)).doesNotHaveDuplicates();
    for (int i = 0; i < first.size(); i++) {
      assertThatTensor(second.get(i).value()).hasSameBitsAs(first.get(i).value());
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  final void savedParametersRestoreTheSameBits(Case<C> of) {
    Adapter original = trial.shaken(fresh(of.config, 3, basis(of)));

    Adapter restored = restored(original, fresh(of.config, 4, basis(of)));

    assertThatTensor(restored.delta().dense()).hasSameBitsAs(original.delta().dense());
    assertThatTensor(trial.forward(restored, trial.pass(of.ops, true), trial.x))
        .hasSameBitsAs(trial.forward(original, trial.pass(of.ops, true), trial.x));
  }

  @ParameterizedTest
  @MethodSource("configurations")
  final void aResumedTrainingHasTheSameBits(C config, @TempDir Path folder) {
    AdapterTraining training = new AdapterTraining(trial, new CpuKernels(pool));
    Adapter whole = fresh(config, 3, null);
    Adapter resumed = fresh(config, 4, null);

    training.train(whole, folder.resolve("whole"));
    training.interrupted(fresh(config, 3, null), folder.resolve("parts"));
    training.train(resumed, folder.resolve("parts"));

    assertThat(whole.delta().norm()).isPositive();
    for (int i = 0; i < whole.parameters().size(); i++) {
      assertThatTensor(resumed.parameters().get(i).value())
          .as(whole.parameters().get(i).name())
          .hasSameBitsAs(whole.parameters().get(i).value());
    }
    assertThatTensor(resumed.delta().dense()).hasSameBitsAs(whole.delta().dense());
  }

  @ParameterizedTest
  @MethodSource("cases")
  final void deltaAndExportAreSnapshots(Case<C> of) {
    Adapter adapter = trial.shaken(fresh(of.config, 3, basis(of)));
    var delta = adapter.delta();
    AdapterExport export = adapter.export();
    INDArray before = delta.dense();
    List<INDArray> exported = export.tensors().values().stream().map(INDArray::dup).toList();

    adapter.parameters().forEach(p -> p.value().addi(1));

    assertThatTensor(delta.dense()).hasSameBitsAs(before);
    List<INDArray> after = List.copyOf(export.tensors().values());
    for (int i = 0; i < exported.size(); i++) {
      assertThatTensor(after.get(i)).hasSameBitsAs(exported.get(i));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  final void exportedFolderHasTheSameDelta(Case<C> of, @TempDir Path folder) {
    Adapter adapter = trial.shaken(fresh(of.config, 3, basis(of)));
    AdapterExport export = adapter.export();
    assumeTrue(export.tensors().keySet().equals(PLAIN_LORA), "not plain LoRA");

    PeftAdapter exported = new PeftAdapterBuilder().fromExports(Map.of(MODULE, export));
    PeftAdapterFolder.write(folder.resolve("adapter"), exported);
    LoraDelta read = PeftAdapterFolder.read(folder.resolve("adapter")).deltas().get(MODULE);

    assertThat(read.rank()).isEqualTo(export.rank());
    assertThatTensor(read.dense())
        .isCloseTo(adapter.delta().dense(), RELATIVE_ROUNDING, RELATIVE_ROUNDING);
  }

  @ParameterizedTest
  @MethodSource("cases")
  final void doublingAlphaDoublesTheDelta(Case<C> of) {
    assumeClaimed(AdapterLaw.LINEAR_IN_ALPHA);
    Adapter once = trial.shaken(fresh(of.config, 3, basis(of)));

    Adapter twice = restored(once, fresh(withDoubledAlpha(of.config), 3, basis(of)));

    assertThat(once.delta().norm()).isPositive();
    assertThatTensor(twice.delta().dense())
        .isCloseTo(once.delta().dense().mul(2), RELATIVE_ROUNDING, RELATIVE_ROUNDING);
  }

  @ParameterizedTest
  @MethodSource("cases")
  final void rankOfTheDeltaIsBounded(Case<C> of) {
    assumeClaimed(AdapterLaw.RANK_BOUNDED);
    Adapter adapter = trial.shaken(fresh(of.config, 3, basis(of)));

    double[] singular =
        new SingularValueDecomposition(matrix(adapter.delta().dense())).getSingularValues();

    int rank = factory().rank(of.config);
    for (int i = rank; i < singular.length; i++) {
      assertThat(singular[i])
          .as("singular value %d at rank %d", i, rank)
          .isLessThan(RELATIVE_ROUNDING * singular[0]);
    }
  }

  @ParameterizedTest
  @MethodSource("configurations")
  final void rowsStayWithinAFrozenBasis(C config) {
    assumeClaimed(AdapterLaw.ROWS_WITHIN_BASIS);
    ConstrainedBasis basis = trial.frozenBasis(factory().rank(config));
    Adapter adapter = trial.shaken(fresh(config, 3, basis));

    INDArray delta = adapter.delta().dense();
    INDArray rows = basis.rows();
    INDArray outside = delta.sub(delta.mmul(rows.transpose()).mmul(rows));

    assertThat(delta.norm2Number().doubleValue()).isPositive();
    assertThat(outside.norm2Number().doubleValue())
        .isLessThan(RELATIVE_ROUNDING * delta.norm2Number().doubleValue());
  }

  private void assumeClaimed(AdapterLaw law) {
    assumeTrue(factory().laws().contains(law), () -> factory().name() + " does not claim " + law);
  }

  private Adapter fresh(C config, long seed, @Nullable ConstrainedBasis basis) {
    return trial.fresh(factory(), config, seed, basis);
  }

  private @Nullable ConstrainedBasis basis(Case<C> of) {
    return of.frozen ? trial.frozenBasis(factory().rank(of.config)) : null;
  }

  /** Gives an adapter the values of another one's parameters. */
  private static Adapter restored(Adapter original, Adapter adapter) {
    for (int i = 0; i < original.parameters().size(); i++) {
      adapter.parameters().get(i).value().assign(original.parameters().get(i).value());
    }
    return adapter;
  }

  private static List<String> names(List<Parameter> parameters) {
    return parameters.stream().map(Parameter::name).toList();
  }

  private static Array2DRowRealMatrix matrix(INDArray array) {
    return new Array2DRowRealMatrix(array.toDoubleMatrix());
  }

  /** A configuration, operations, and whether a frozen basis is given. */
  record Case<C>(C config, MatrixOps ops, boolean frozen) {

    @Override
    public String toString() {
      return "%s, %s, %s"
          .formatted(ops.getClass().getSimpleName(), frozen ? "frozen basis" : "free", config);
    }
  }
}
