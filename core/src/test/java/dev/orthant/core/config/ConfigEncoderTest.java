package dev.orthant.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.TargetModules;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ConfigEncoderTest {

  private static final Everything UNUSUAL =
      new Everything(
          1,
          Long.MIN_VALUE,
          Double.MIN_VALUE,
          0.1f,
          true,
          "2e-3",
          Path.of("/data/a b"),
          Everything.Mode.FULL_RANK,
          List.of(),
          Map.of("true", 1e300, "1", -0.5),
          Optional.of(3),
          "no: \"line\"\nline",
          new Everything.Nested(0.1, List.of("on", "null", "1", "é")),
          new Hold.Penalty(0.1),
          new TargetModules(List.of(".*query"), List.of("value"), List.of()));

  private final ConfigDecoder decoder = new ConfigDecoder();
  private final ConfigEncoder encoder = new ConfigEncoder();

  @Test
  void whatIsEncodedDecodesToAnEqualRecord() {
    for (Everything config : List.of(Everything.defaults(), UNUSUAL)) {
      assertThat(decoder.decode(encoder.toYaml(config), Everything.class, null)).isEqualTo(config);
      assertThat(decoder.decode(encoder.toJson(config), Everything.class, null)).isEqualTo(config);
      assertThat(decoder.decode(encoder.toNode(config), Everything.class, null)).isEqualTo(config);
      // given values win over other defaults
      assertThat(decoder.decode(encoder.toYaml(config), Everything.class, UNUSUAL))
          .isEqualTo(config);
    }
  }

  @Test
  void spellsEveryValueOutInTheOrderOfTheComponents() {
    assertThat(encoder.toYaml(Everything.defaults()))
        .isEqualTo(
            """
            rank: 8
            seed: 42
            learning_rate: 0.002
            dropout: 0.1
            use_bias: false
            name: "default"
            file: "data"
            mode: "init-only"
            layers:
            - 1
            - 2
            weights:
              a: 1.0
            limit: null
            note: null
            nested:
              alpha: 16.0
              words:
              - "x"
            hold: "init-only"
            target_modules:
            - "query"
            - "value"
            """);
  }
}
