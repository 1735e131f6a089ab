package dev.orthant.adapters.moslora;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.PortableKernels;
import dev.orthant.core.kernel.Precision;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.Site;
import dev.orthant.core.testing.AdapterPass;
import dev.orthant.core.testing.Golden;
import dev.orthant.core.train.AdamW;
import dev.orthant.core.train.NamedParameter;
import dev.orthant.core.train.Schedule;
import dev.orthant.core.train.TrainingConfig;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class MosloraTrainingTest {

  /** Three single-precision steps on both sides, on numbers below 4 and a loss below 10. */
  private static final double TOLERANCE = 2e-6;

  private static final Map<String, String> NAMES =
      Map.of("lora_A", "A", "lora_mixer", "mixer", "lora_B", "B");

  @Test
  void threeStepsOfAdamWEqualPyTorchs() {
    Golden golden =
        Golden.load(
            MosloraTrainingTest.class, "/reference/moslora/adamw_3_steps_cross_entropy.json");
    Kernels kernels = new PortableKernels();
    INDArray weights = golden.tensor("inputs", "W"); // [5, 6]
    INDArray x = golden.tensor("inputs", "x").reshape('c', 12, 6);
    float[] labels = new float[12];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = golden.at("params", "labels").get(i).asInt();
    }
    Adapter adapter = adapter(golden);
    List<NamedParameter> parameters =
        adapter.parameters().stream().map(p -> new NamedParameter(p.name(), p)).toList();
    AdamW optimizer = new AdamW(kernels, config(), parameters);
    AdapterPass pass = new AdapterPass(kernels, true, 1);

    for (int step = 0; step < 3; step++) {
      INDArray y = Nd4j.create(DataType.FLOAT, 12, 5);
      kernels.linear(x, weights, golden.tensor("inputs", "b"), y);
      adapter.forward(pass, x, y, y);
      double loss = kernels.crossEntropy(y, labels, 1f, y);
      adapter.backward(pass, x, y, Nd4j.create(DataType.FLOAT, 12, 6), false);
      optimizer.step(0.01, optimizer.gradientNorm());

      double expected = golden.at("outputs", "losses", "data").get(step).asDouble();
      assertThat(loss).isCloseTo(expected, within(10 * TOLERANCE));
    }

    for (Parameter parameter : adapter.parameters()) {
      assertThatTensor(parameter.value())
          .as(parameter.name())
          .isCloseTo(golden.tensor("outputs", NAMES.get(parameter.name())), TOLERANCE, TOLERANCE);
    }
  }

  private static Adapter adapter(Golden golden) {
    MosloraConfig config = MosloraConfig.defaults().at(2, 4);
    AdapterSite site = AdapterSite.builder(new Site("layer", 0, 6, 5), new Random(1)).build();
    Adapter adapter = new MosloraFactory().create(config, site);
    for (Parameter parameter : adapter.parameters()) {
      parameter.value().assign(golden.tensor("inputs", NAMES.get(parameter.name())));
    }
    return adapter;
  }

  private static TrainingConfig config() {
    return new TrainingConfig(
        1,
        3,
        12,
        1,
        0.01,
        Schedule.CONSTANT,
        0,
        0,
        0.01,
        0.9,
        0.999,
        1e-8,
        0,
        false,
        0,
        0,
        1,
        true,
        0,
        0,
        Precision.FP32,
        false,
        null);
  }
}
