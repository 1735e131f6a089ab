package dev.orthant.core.nn;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.features.CrossProducts;
import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.PortableKernels;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.ShapeMismatchException;
import dev.orthant.core.testing.Golden;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Entropies as a function of coefficients, and features of two models, against PyTorch. */
final class MixtureAdapterTest {

  /** Values are about 1; single precision through two layers loses about 1e-6. */
  private static final double TOLERANCE = 2e-5;

  private final WorkerPool pool = new WorkerPool(2);
  private final TinyBert tiny = new TinyBert();
  private final Golden golden =
      Golden.load(MixtureAdapterTest.class, "/reference/bert/data_driven.json");

  @AfterEach
  void closePool() {
    pool.close();
  }

  @ParameterizedTest
  @CsvSource({"false,false", "false,true", "true,false", "true,true"})
  void entropyAndItsGradientsEqualPyTorch(boolean portable, boolean dense) {
    Map<String, Adapter> mixtures = new LinkedHashMap<>();
    int k = 0;
    for (Map.Entry<String, LoraDelta> tau : taus().entrySet()) {
      Delta first = dense ? new DenseDelta(tau.getValue().dense()) : tau.getValue();
      Delta second =
          dense ? new DenseDelta(turned(tau.getValue()).dense()) : turned(tau.getValue());
      MixtureAdapter mixture = new MixtureAdapter(List.of(first, second));
      mixture.lambda().value().putScalar(0, 0.3 + 0.02 * k).putScalar(1, 0.4 - 0.01 * k);
      mixtures.put(tau.getKey(), mixture);
      k++;
    }
    Kernels kernels = portable ? new PortableKernels() : new CpuKernels(pool);

    try (Pass pass = new Pass(kernels, new AdapterSet(mixtures))) {
      pass.training(true, 1);
      double entropy = tiny.classifier(MeanPoolHead.NAME).entropyAndGradients(pass, tiny.batch());

      assertThat(entropy).isCloseTo(golden.at("entropy", "value").asDouble(), within(TOLERANCE));
    }
    mixtures.forEach(
        (module, mixture) ->
            assertThatTensor(mixture.parameters().get(0).gradient())
                .as(module)
                .isCloseTo(golden.tensor("entropy", "gradients", module), TOLERANCE, TOLERANCE));
  }

  @Test
  void theDeltaIsTheWeightedSum() {
    LoraDelta tau = taus().values().iterator().next();
    MixtureAdapter low = new MixtureAdapter(List.of(tau, turned(tau)));
    MixtureAdapter mixed = new MixtureAdapter(List.of(tau, new DenseDelta(turned(tau).dense())));
    low.lambda().value().putScalar(0, 2).putScalar(1, -1);
    mixed.lambda().value().putScalar(0, 2).putScalar(1, -1);

    INDArray expected = tau.dense().mul(2).sub(turned(tau).dense());
    assertThat(low.delta()).isInstanceOf(LoraDelta.class);
    assertThatTensor(low.delta().dense()).isCloseTo(expected, TOLERANCE, TOLERANCE);
    assertThatTensor(mixed.delta().dense()).isCloseTo(expected, TOLERANCE, TOLERANCE);
  }

  @Test
  void deltasOfSeveralShapesAreRefused() {
    Delta wide = new DenseDelta(Nd4j.ones(2, 3));
    Delta tall = new DenseDelta(Nd4j.ones(3, 2));

    assertThatThrownBy(() -> new MixtureAdapter(List.of(wide, tall)))
        .isInstanceOf(ShapeMismatchException.class);
  }

  @Test
  void crossProductsOfTwoModelsEqualPyTorch() {
    Map<String, LoraDelta> others = new LinkedHashMap<>();
    taus().forEach((module, tau) -> others.put(module, turned(tau)));
    CrossProducts xy = new CrossProducts(taus().keySet(), new CpuKernels(pool));
    CrossProducts xx = new CrossProducts(taus().keySet(), new CpuKernels(pool));

    try (Transformer base = tiny.encoder();
        Transformer one = base.plus(taus());
        Transformer other = base.plus(others);
        Pass pass = new Pass(new CpuKernels(pool), AdapterSet.none())) {
      listen(pass, xy, one, other);
      listen(pass, xx, one, one);
    }

    for (String module : taus().keySet()) {
      INDArray expected = golden.tensor("features", module, "xy");
      assertThatTensor(Nd4j.createFromArray(xy.sums().get(module)).reshape('c', expected.shape()))
          .as(module)
          .isCloseTo(expected, TOLERANCE, TOLERANCE);
      assertThatTensor(Nd4j.createFromArray(xx.sums().get(module)).reshape('c', expected.shape()))
          .as(module)
          .isCloseTo(golden.tensor("features", module, "xx"), TOLERANCE, TOLERANCE);
    }
  }

  private void listen(Pass pass, CrossProducts products, Transformer first, Transformer second) {
    pass.listener(products.first());
    first.forward(pass, tiny.batch());
    pass.listener(products.second());
    second.forward(pass, tiny.batch());
  }

  private Map<String, LoraDelta> taus() {
    Map<String, LoraDelta> deltas = new LinkedHashMap<>();
    tiny.adapters(module -> true, 0)
        .byModule()
        .forEach((module, adapter) -> deltas.put(module, (LoraDelta) adapter.delta()));
    return deltas;
  }

  /** Half of a delta with its elements in reverse order. */
  private static LoraDelta turned(LoraDelta tau) {
    return new LoraDelta(reversed(tau.b(), 0), reversed(tau.a(), 1), tau.scaling() / 2);
  }

  private static INDArray reversed(INDArray array, int dimension) {
    INDArray out = array.dup('c');
    long n = array.size(dimension);
    for (long i = 0; i < array.rows(); i++) {
      for (long j = 0; j < array.columns(); j++) {
        out.putScalar(
            i, j, dimension == 0 ? array.getFloat(n - 1 - i, j) : array.getFloat(i, n - 1 - j));
      }
    }
    return out;
  }
}
