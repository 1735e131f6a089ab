package dev.orthant.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

final class CotoTest {

  private static final int DRAWS = 20_000;

  /** Four standard deviations of a share of 20,000 draws. */
  private static final double FOUR_SIGMA = 4 * 0.5 / Math.sqrt(DRAWS);

  @Test
  void theProbabilityRisesLinearlyOverThreeQuartersOfTheSteps() {
    Coto coto = Coto.defaults();

    // ceil(0.75 * 10) = 8 steps from 0.1 to 1
    assertThat(coto.probability(0, 10)).isEqualTo(0.1);
    assertThat(coto.probability(4, 10)).isCloseTo(0.55, within(1e-12));
    assertThat(coto.probability(8, 10)).isEqualTo(1);
    assertThat(coto.probability(9, 10)).isEqualTo(1);
  }

  /** Of three with 0.3 each, given that not all rest: 0.3 / (1 - 0.7^3). */
  @Test
  void everyGroupTakesPartWithTheProbabilityGivenThatNotAllRest() {
    int[] counts = new int[3];

    for (int seed = 0; seed < DRAWS; seed++) {
      BitSet active = Coto.draw(3, 0.3, seed);
      assertThat(active.isEmpty()).isFalse();
      active.stream().forEach(group -> counts[group]++);
    }

    for (int count : counts) {
      assertThat((double) count / DRAWS).isCloseTo(0.3 / (1 - 0.343), within(FOUR_SIGMA));
    }
  }

  @Test
  void aDrawIsAFunctionOfItsSeed() {
    assertThat(Coto.draw(64, 0.5, 7)).isEqualTo(Coto.draw(64, 0.5, 7));
    assertThat(Coto.draw(64, 0.5, 7)).isNotEqualTo(Coto.draw(64, 0.5, 8));
    assertThat(Coto.draw(64, 1, 7).cardinality()).isEqualTo(64);
  }

  @Test
  void valuesOutOfRangeAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Coto(0, 0.75))
        .withMessage("initial_probability must be in [0.001, 1], was 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Coto(0.1, 1.5))
        .withMessage("until must be in (0, 1], was 1.5");
  }
}
