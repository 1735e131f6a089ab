package dev.orthant.osrm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.ConfigurationException;
import dev.orthant.core.spi.Hold;
import org.junit.jupiter.api.Test;

final class OsrmConfigTest {

  @Test
  void nothingGivesTheDefaults() {
    assertThat(decode("{}")).isEqualTo(new OsrmConfig(new Hold.InitOnly(), false));
  }

  @Test
  void holdIsAWordOrAPenaltyWithItsWeight() {
    assertThat(decode("hold: frozen").hold()).isEqualTo(new Hold.Frozen());
    assertThat(decode("hold: projected").hold()).isEqualTo(new Hold.Projected());
    assertThat(decode("hold: {penalty: 0.1}\ncentred: true"))
        .isEqualTo(new OsrmConfig(new Hold.Penalty(0.1), true));
  }

  @Test
  void wrongWeightIsNamed() {
    assertThatThrownBy(() -> decode("hold: {penalty: -1}"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("penalty weight must be positive, was -1.0");
  }

  private static OsrmConfig decode(String yaml) {
    return new ConfigDecoder().decode(yaml, OsrmConfig.class, OsrmConfig.defaults());
  }
}
