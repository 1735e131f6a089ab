package dev.orthant.core.checkpoint;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.spi.AdapterExport;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** DoRA's magnitudes in PEFT's files. */
final class PeftDoraTest {

  private static final String MODULE = "encoder.layer.0.attention.self.query";
  private static final String MAGNITUDE = "lora_magnitude_vector";

  private static final INDArray WEIGHTS = Nd4j.createFromArray(new float[][] {{3, 0}, {0, 1}});
  private static final INDArray A = Nd4j.createFromArray(new float[][] {{0, 2}});
  private static final INDArray B = Nd4j.createFromArray(new float[][] {{1}, {0}});

  @TempDir Path folder;

  /**
   * V = W + 2 B A = [[3, 4], [0, 1]] has norms 5 and 1; with m = (10, 1), W' = [[6, 8], [0, 1]].
   */
  @Test
  void deltaIsThatOfTheScaledRows() {
    PeftAdapterFolder.write(path(), adapter(exported(Nd4j.createFromArray(10f, 1f)), true));

    PeftAdapter read = PeftAdapterFolder.read(path());
    Map<String, Delta> deltas = read.deltas(List.of("bert." + MODULE), module -> WEIGHTS);

    assertThat(read.needsBaseWeights()).isTrue();
    assertThat(deltas).containsOnlyKeys("bert." + MODULE);
    assertThat(deltas.get("bert." + MODULE)).isInstanceOf(DenseDelta.class);
    assertThatTensor(deltas.get("bert." + MODULE).dense())
        .isCloseTo(Nd4j.createFromArray(new float[][] {{3, 8}, {0, 0}}), 1e-6, 0);
  }

  @Test
  void configurationAndKeyAreThoseOfPeft() {
    PeftAdapterFolder.write(path(), adapter(exported(Nd4j.createFromArray(10f, 1f)), true));

    try (SafetensorsFile file = SafetensorsFile.open(path().resolve("adapter_model.safetensors"))) {
      assertThat(file.names()).contains("base_model.model." + MODULE + "." + MAGNITUDE);
    }
    assertThat(path().resolve("adapter_config.json")).content().contains("\"use_dora\": true");
  }

  @Test
  void magnitudesOfOtherWritersEndInWeight() {
    PeftKey key = PeftKey.parse("base_model.model." + MODULE + "." + MAGNITUDE + ".weight");

    assertThat(key).isEqualTo(new PeftKey(MODULE, MAGNITUDE));
  }

  @Test
  void isNeverTakenForLowRank() {
    PeftAdapter adapter = adapter(exported(Nd4j.createFromArray(10f, 1f)), true);

    assertThatThrownBy(adapter::deltas)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is of DoRA, whose delta depends on the base weights");
  }

  @Test
  void magnitudesWithoutTheFlagAndOfOtherLengthsAreRefused() {
    PeftAdapterFolder.write(path(), adapter(exported(Nd4j.createFromArray(10f, 1f)), false));
    Path second = folder.resolve("second");
    PeftAdapterFolder.write(second, adapter(exported(Nd4j.createFromArray(10f, 1f, 3f)), true));
    Map<String, INDArray> pair = exported(Nd4j.createFromArray(10f, 1f));
    pair.remove(MAGNITUDE);
    Path third = folder.resolve("third");
    PeftAdapterFolder.write(third, adapter(pair, true));

    assertThatThrownBy(() -> PeftAdapterFolder.read(path()))
        .hasMessageContaining("has a lora_magnitude_vector, but use_dora is false");
    assertThatThrownBy(() -> PeftAdapterFolder.read(second))
        .hasMessageContaining("lora_magnitude_vector' has shape [3], expected [2]");
    assertThatThrownBy(() -> PeftAdapterFolder.read(third))
        .hasMessageContaining("has no lora_magnitude_vector, but use_dora is true");
  }

  private Path path() {
    return folder.resolve("adapter");
  }

  private static Map<String, INDArray> exported(INDArray magnitude) {
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    tensors.put("lora_A.weight", A);
    tensors.put("lora_B.weight", B);
    tensors.put(MAGNITUDE, magnitude);
    return tensors;
  }

  private static PeftAdapter adapter(Map<String, INDArray> tensors, boolean flag) {
    Map<String, Object> extra = flag ? Map.of("use_dora", true) : Map.of();
    AdapterExport export = new AdapterExport(tensors, 1, 2, false, 0, extra);
    return new PeftAdapterBuilder().fromExports(Map.of(MODULE, export));
  }
}
