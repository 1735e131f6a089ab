package dev.orthant.adapters.lora;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.checkpoint.PeftAdapter;
import dev.orthant.core.checkpoint.PeftAdapterBuilder;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.spi.AdapterExport;
import dev.orthant.core.testing.Golden;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Folders that PEFT saved of PiSSA and OLoRA without converting them. */
final class PeftResidualTest {

  /** Single precision on both sides; PEFT's start is rounded before it is taken out. */
  private static final double TOLERANCE = 1e-5;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"pissa", "olora"})
  void startIsTakenOutOfTheBaseThatIsGiven(String start) {
    Golden golden = Golden.load(PeftResidualTest.class, "/reference/family/" + start + ".json");
    INDArray weights = golden.tensor("inputs", "W");
    PeftAdapterFolder.write(folder.resolve("adapter"), saved(golden, start));

    PeftAdapter read = PeftAdapterFolder.read(folder.resolve("adapter"));
    Map<String, Delta> deltas = read.deltas(List.of("layer.query"), module -> weights);

    assertThat(read.needsBaseWeights()).isTrue();
    assertThat(((LoraDelta) deltas.get("layer.query")).rank()).isEqualTo(4);
    assertThatTensor(weights.add(deltas.get("layer.query").dense()))
        .isCloseTo(golden.tensor("outputs", "merged_W"), TOLERANCE, TOLERANCE);
    assertThatThrownBy(read::deltas)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("its start ('" + start + "') was taken");
  }

  private static PeftAdapter saved(Golden golden, String start) {
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    tensors.put("lora_A.weight", golden.tensor("inputs", "A"));
    tensors.put("lora_B.weight", golden.tensor("inputs", "B"));
    AdapterExport export =
        new AdapterExport(tensors, 2, 6, false, 0, Map.of("init_lora_weights", start));
    return new PeftAdapterBuilder().fromExports(Map.of("layer.query", export));
  }
}
