package dev.orthant.core.testing;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;

import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.MatrixOps;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.Site;
import java.util.Map;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Compares an adapter with a recorded forward and backward pass: inputs x, W, b, Gy (the gradient
 * of y) and the factors; outputs y, dx, merged_W and the factors' gradients under "d" and their
 * names.
 */
public final class AdapterGolden {

  private final Golden golden;
  private final MatrixOps ops;
  private final double tolerance;

  /** A recording, the operations to replay it with and the tolerance of its sums. */
  public AdapterGolden(Golden golden, MatrixOps ops, double tolerance) {
    this.golden = golden;
    this.ops = ops;
    this.tolerance = tolerance;
  }

  /**
   * Replays the recording.
   *
   * @param factors name of a parameter of the adapter to its name in the recording
   */
  public <C extends Record> void check(
      AdapterFactory<C> factory, C config, Map<String, String> factors) {
    check(adapter(factory, config, golden.tensor("inputs", "W")), factors);
  }

  /**
   * Replays the recording with an adapter that is there already.
   *
   * @param factors name of a parameter of the adapter to its name in the recording
   */
  public void check(Adapter adapter, Map<String, String> factors) {
    for (Parameter parameter : adapter.parameters()) {
      parameter.value().assign(golden.tensor("inputs", factors.get(parameter.name())));
    }
    INDArray weights = golden.tensor("inputs", "W"); // [dOut, dIn]
    INDArray x = matrix(golden.tensor("inputs", "x")); // [n, dIn]
    INDArray dy = matrix(golden.tensor("inputs", "Gy")); // [n, dOut]
    AdapterPass pass = new AdapterPass(ops, true, 1);
    INDArray y = Nd4j.zeros(DataType.FLOAT, dy.shape());
    INDArray dx = Nd4j.zeros(DataType.FLOAT, x.shape());

    adapter.forward(pass, x, base(x, weights), y);
    ops.gemm(adapter.baseGradient(pass, dy), false, weights, false, 1f, 0f, dx);
    adapter.backward(pass, x, dy, dx, true);

    isClose("y", y, matrix(golden.tensor("outputs", "y")));
    isClose("dx", dx, matrix(golden.tensor("outputs", "dx")));
    isClose("merged", weights.add(adapter.delta().dense()), golden.tensor("outputs", "merged_W"));
    for (Parameter parameter : adapter.parameters()) {
      if (!parameter.isTrainable()) {
        continue;
      }
      INDArray expected = golden.tensor("outputs", "d" + capital(factors.get(parameter.name())));
      isClose("gradient of " + parameter.name(), parameter.gradient(), expected);
    }
  }

  private <C extends Record> Adapter adapter(
      AdapterFactory<C> factory, C config, INDArray weights) {
    Site site = new Site("layer", 0, (int) weights.size(1), (int) weights.size(0));
    return factory.create(
        config,
        AdapterSite.builder(site, new Random(1))
            .baseWeights(() -> weights)
            .baseBias(golden.tensor("inputs", "b"))
            .ownStatistics(RandomStatistics.of("own", (int) weights.size(1), 11))
            .build());
  }

  private INDArray base(INDArray x, INDArray weights) {
    INDArray base = Nd4j.zeros(DataType.FLOAT, x.size(0), weights.size(0));
    ops.gemm(x, false, weights, true, 1f, 0f, base);
    return base.addRowVector(golden.tensor("inputs", "b"));
  }

  private void isClose(String what, INDArray actual, INDArray expected) {
    assertThatTensor(actual).as(what).isCloseTo(expected, tolerance, tolerance);
  }

  private static INDArray matrix(INDArray array) {
    long columns = array.size(array.rank() - 1);
    return array.reshape('c', array.length() / columns, columns);
  }

  private static String capital(String name) {
    return Character.toUpperCase(name.charAt(0)) + name.substring(1);
  }
}
