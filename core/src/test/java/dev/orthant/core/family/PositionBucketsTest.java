package dev.orthant.core.family;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.testing.Golden;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** T5's buckets against PyTorch's in single precision, where they were trained. */
final class PositionBucketsTest {

  private static final int FURTHEST = 150;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bucketsOfT5sOwnSizes(boolean bidirectional) {
    JsonNode expected =
        Golden.load(PositionBucketsTest.class, "/reference/t5/tiny_t5.json")
            .at("buckets", bidirectional ? "bidirectional" : "causal");
    PositionBuckets buckets = new PositionBuckets(32, 128, bidirectional);

    for (int relative = -FURTHEST; relative <= FURTHEST; relative++) {
      assertThat(buckets.of(relative))
          .as("relative position %d", relative)
          .isEqualTo(expected.get(relative + FURTHEST).intValue());
    }
  }
}
