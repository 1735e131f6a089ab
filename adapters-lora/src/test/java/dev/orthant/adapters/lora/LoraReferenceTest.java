package dev.orthant.adapters.lora;

import dev.orthant.core.testing.AdapterGolden;
import dev.orthant.core.testing.Golden;
import dev.orthant.core.testing.PlainOps;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LoraReferenceTest {

  /** Single precision on both sides, over sums of at most 60 products of numbers below 10. */
  private static final double TOLERANCE = 1e-5;

  @ParameterizedTest
  @ValueSource(strings = {"loralib", "peft-fork"})
  void passEqualsTheReferenceImplementations(String implementation) {
    Golden golden =
        Golden.load(LoraReferenceTest.class, "/reference/lora/" + implementation + ".json");
    LoraConfig config =
        LoraConfig.defaults()
            .at(golden.at("params", "r").asInt(), golden.at("params", "lora_alpha").asDouble());

    new AdapterGolden(golden, new PlainOps(), TOLERANCE)
        .check(new LoraFactory(), config, Map.of("lora_A", "A", "lora_B", "B"));
  }
}
