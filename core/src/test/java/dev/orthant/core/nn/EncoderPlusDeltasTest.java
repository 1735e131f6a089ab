package dev.orthant.core.nn;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.kernel.PortableKernels;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class EncoderPlusDeltasTest {

  /** The same sums in another order, in single precision, through two layers. */
  private static final double ROUNDING = 1e-5;

  private final TinyBert tiny = new TinyBert();

  @Test
  void foldedDeltasGiveWhatAdaptersGive() {
    Transformer encoder = tiny.encoder();
    AdapterSet adapters = tiny.adapters(module -> true, 0);
    Map<String, Delta> deltas = new LinkedHashMap<>();
    adapters.byModule().forEach((module, adapter) -> deltas.put(module, adapter.delta()));

    INDArray adapted = hidden(encoder, adapters);
    INDArray folded = hidden(encoder.plus(deltas), AdapterSet.none());

    assertThatTensor(folded).isCloseTo(adapted, ROUNDING, ROUNDING);
  }

  @Test
  void theEncoderItselfStaysAsItIs() {
    Transformer encoder = tiny.encoder();
    String module = encoder.sites().get(0).module();
    INDArray before = encoder.baseWeights(module).dup();

    encoder.plus(Map.of(module, new DenseDelta(Nd4j.ones(DataType.FLOAT, before.shape()))));

    assertThatTensor(encoder.baseWeights(module)).hasSameBitsAs(before);
  }

  @Test
  void aDeltaThatDoesNotFitIsRefusedByName() {
    Transformer encoder = tiny.encoder();
    String module = encoder.sites().get(0).module();
    DenseDelta wrong = new DenseDelta(Nd4j.ones(DataType.FLOAT, 2, 3));

    assertThatThrownBy(() -> encoder.plus(Map.of(module, wrong))).hasMessageContaining(module);
    assertThatThrownBy(() -> encoder.plus(Map.of("nowhere", wrong)))
        .hasMessageContaining("nowhere");
  }

  private INDArray hidden(Transformer encoder, AdapterSet adapters) {
    try (Pass pass = new Pass(new PortableKernels(), adapters)) {
      return encoder.forward(pass, tiny.batch()).dup();
    }
  }
}
