package dev.orthant.osrm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.ConfigurationException;
import dev.orthant.core.spi.Hold;
import dev.orthant.osrm.OsrmConfig.Weighting;
import org.junit.jupiter.api.Test;

final class OsrmConfigTest {

  private final ConfigDecoder decoder = new ConfigDecoder();

  @Test
  void nothingGivesTheDefaults() {
    assertThat(decode("{}"))
        .isEqualTo(new OsrmConfig(new Hold.InitOnly(), 1, Weighting.PER_TASK, false));
  }

  @Test
  void holdIsAWordOrAMappingOfOne() {
    assertThat(decode("hold: frozen").hold()).isEqualTo(new Hold.Frozen());
    assertThat(decode("hold: projected").hold()).isEqualTo(new Hold.Projected(0.99));
    assertThat(decode("hold: {projected: 0.9}").hold()).isEqualTo(new Hold.Projected(0.9));
    assertThat(decode("hold: {penalty: 0.1}").hold()).isEqualTo(new Hold.Penalty(0.1));
  }

  @Test
  void everyKeyIsDecoded() {
    assertThat(decode("{hold: frozen, row_norm: 0.577, weighting: per-token, centred: true}"))
        .isEqualTo(new OsrmConfig(new Hold.Frozen(), 0.577, Weighting.PER_TOKEN, true));
    assertThat(decoder.decode("{ridge: 0.1}", OsrmContrastiveConfig.class, contrastive()).ridge())
        .isEqualTo(0.1);
    assertThat(
            decoder
                .decode("{row_norm: 2}", GaussianConfig.class, GaussianConfig.defaults())
                .rowNorm())
        .isEqualTo(2);
  }

  @Test
  void wrongValuesAreNamedWithTheirRange() {
    assertThatThrownBy(() -> decode("hold: {penalty: -1}"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("penalty weight must be positive, was -1.0");
    assertThatThrownBy(() -> decode("hold: {projected: 1.5}"))
        .hasMessageContaining("energy must be in (0, 1], was 1.5");
    assertThatThrownBy(() -> decode("row_norm: 0"))
        .hasMessageContaining("row_norm must be positive and finite, was 0.0");
    assertThatThrownBy(() -> decoder.decode("ridge: 0", OsrmContrastiveConfig.class, contrastive()))
        .hasMessageContaining("ridge must be positive and finite, was 0.0");
  }

  private OsrmConfig decode(String yaml) {
    return decoder.decode(yaml, OsrmConfig.class, OsrmConfig.defaults());
  }

  private static OsrmContrastiveConfig contrastive() {
    return OsrmContrastiveConfig.defaults();
  }
}
