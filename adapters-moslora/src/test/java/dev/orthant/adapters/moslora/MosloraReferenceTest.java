package dev.orthant.adapters.moslora;

import dev.orthant.core.testing.AdapterGolden;
import dev.orthant.core.testing.Golden;
import dev.orthant.core.testing.PlainOps;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MosloraReferenceTest {

  /** Single precision on both sides, over sums of at most 60 products of numbers below 10. */
  private static final double TOLERANCE = 1e-5;

  @Test
  void passEqualsTheAuthorsCode() {
    Golden golden = Golden.load(MosloraReferenceTest.class, "/reference/moslora/authors.json");
    MosloraConfig config =
        MosloraConfig.defaults()
            .at(golden.at("params", "r").asInt(), golden.at("params", "lora_alpha").asDouble());

    new AdapterGolden(golden, new PlainOps(), TOLERANCE)
        .check(
            new MosloraFactory(),
            config,
            Map.of("lora_A", "A", "lora_mixer", "mixer", "lora_B", "B"));
  }
}
