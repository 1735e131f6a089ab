package dev.orthant.adapters.lora;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.lowrank.WeightDecomposition;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.MatrixOps;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.Site;
import dev.orthant.core.testing.AdapterGolden;
import dev.orthant.core.testing.AdapterPass;
import dev.orthant.core.testing.Golden;
import dev.orthant.core.testing.PlainOps;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** DoRA against PEFT's formulas in PyTorch, and its gradients with the norms held. */
final class DoraTest {

  /** Single precision here, over sums of at most 60 products of numbers below 10. */
  private static final double TOLERANCE = 2e-5;

  /** Rounding of y over the width of a central difference. */
  private static final double GRADIENT_TOLERANCE = 2e-3;

  private static final double STEP = 1 / 64.0;

  private static final Golden GOLDEN = Golden.load(DoraTest.class, "/reference/family/dora.json");

  private final INDArray weights = GOLDEN.tensor("inputs", "W"); // [5, 6]
  private final INDArray x = GOLDEN.tensor("inputs", "x"); // [12, 6]
  private final INDArray dy = GOLDEN.tensor("inputs", "Gy"); // [12, 5]
  private final INDArray bias = GOLDEN.tensor("inputs", "b");
  private final MatrixOps ops = new PlainOps();

  @Test
  void passEqualsItsFormulas() {
    Map<String, String> names = Map.of("lora_A", "A", "lora_B", "B", DoraAdapter.MAGNITUDE, "M");

    new AdapterGolden(GOLDEN, ops, TOLERANCE)
        .check(new DoraFactory(), DoraConfig.defaults().at(2, 6), names);
  }

  @Test
  void magnitudesStartAsTheNormsOfTheRows() {
    Adapter adapter = fresh();

    assertThatTensor(magnitude(adapter).value())
        .isCloseTo(GOLDEN.tensor("start", "M"), TOLERANCE, TOLERANCE);
    assertThat(magnitude(adapter).isDecayed()).isFalse();
    assertThat(adapter.delta().norm()).isZero();
  }

  /**
   * The finite difference scales the magnitudes with the norms of the moved weights, so that their
   * quotient stays what it was: that is what it means to hold the norms.
   */
  @Test
  void gradientsEqualFiniteDifferencesWithTheNormsHeld() {
    Adapter adapter = recorded();
    AdapterPass pass = new AdapterPass(ops, true, 1);
    forward(adapter, pass);
    adapter.baseGradient(pass, dy);
    adapter.backward(pass, x, dy, Nd4j.zeros(DataType.FLOAT, x.shape()), true);

    for (Parameter parameter : adapter.parameters()) {
      INDArray expected = parameter.value().like();
      for (long i = 0; i < expected.length(); i++) {
        double above = lossAt(parameter.name(), i, STEP);
        double below = lossAt(parameter.name(), i, -STEP);
        expected.putScalar(i, (above - below) / (2 * STEP));
      }
      assertThatTensor(parameter.gradient())
          .as("gradient of " + parameter.name())
          .isCloseTo(expected, GRADIENT_TOLERANCE, GRADIENT_TOLERANCE);
    }
  }

  @Test
  void weightsWithARowOfZerosAreRefused() {
    weights.putRow(3, Nd4j.zeros(DataType.FLOAT, 6));

    assertThatThrownBy(this::fresh)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("row 3 of the weights of module 'layer' is zero and has no direction to scale");
  }

  /** The loss where one element of one parameter is moved and m / n is held. */
  private double lossAt(String name, long index, double step) {
    Adapter adapter = recorded();
    INDArray norms = norms(adapter);
    for (Parameter parameter : adapter.parameters()) {
      if (parameter.name().equals(name)) {
        parameter.value().putScalar(index, parameter.value().getDouble(index) + step);
      }
    }
    magnitude(adapter).value().muli(norms(adapter)).divi(norms);
    return forward(adapter, new AdapterPass(ops, true, 1)).mul(dy).sumNumber().doubleValue();
  }

  /** Row norms of W + scaling * B A. */
  private INDArray norms(Adapter adapter) {
    INDArray a = adapter.parameters().get(0).value();
    INDArray b = adapter.parameters().get(1).value();
    return Nd4j.createFromArray(WeightDecomposition.rowNorms(weights.add(b.mmul(a).mul(3))));
  }

  private INDArray forward(Adapter adapter, AdapterPass pass) {
    INDArray base = Nd4j.zeros(DataType.FLOAT, dy.shape());
    ops.gemm(x, false, weights, true, 1f, 0f, base);
    base.addiRowVector(bias);
    INDArray y = Nd4j.zeros(DataType.FLOAT, dy.shape());
    adapter.forward(pass, x, base, y);
    return y;
  }

  private Adapter recorded() {
    Adapter adapter = fresh();
    adapter.parameters().get(0).value().assign(GOLDEN.tensor("inputs", "A"));
    adapter.parameters().get(1).value().assign(GOLDEN.tensor("inputs", "B"));
    magnitude(adapter).value().assign(GOLDEN.tensor("inputs", "M"));
    return adapter;
  }

  private Adapter fresh() {
    AdapterSite site =
        AdapterSite.builder(new Site("layer", 0, 6, 5), new Random(1))
            .baseWeights(() -> weights)
            .baseBias(bias)
            .build();
    return new DoraFactory().create(DoraConfig.defaults().at(2, 6), site);
  }

  private static Parameter magnitude(Adapter adapter) {
    return adapter.parameters().get(2);
  }
}
