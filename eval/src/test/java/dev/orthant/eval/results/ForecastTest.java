package dev.orthant.eval.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ForecastTest {

  private static final double ROUNDING = 1e-12;

  /** (0.4 + 0.4 / (1 + 1)) / 0.8 = 0.75. */
  @Test
  void aMergeThatDisturbsAsMuchAsItDoesKeepsHalfOfWhatTheAdapterAdded() {
    assertThat(Forecast.retention(0.4, 0.8, 1)).isCloseTo(0.75, within(ROUNDING));
  }

  @Test
  void withoutDisturbanceAllIsKeptAndWithMuchWhatTheBaseCanDo() {
    assertThat(Forecast.retention(0.4, 0.8, 0)).isEqualTo(1);
    assertThat(Forecast.retention(0.4, 0.8, 1e9)).isCloseTo(0.5, within(ROUNDING));
  }

  @Test
  void theMeanIsOverTasks() {
    Forecast forecast = new Forecast("a", "m", 1, "", List.of(0.0, 1.0), List.of(1.0, 0.5));

    assertThat(forecast.meanRetention()).isCloseTo(0.75, within(ROUNDING));
  }
}
