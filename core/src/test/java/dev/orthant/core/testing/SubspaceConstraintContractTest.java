package dev.orthant.core.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.testing.FlawedConstraints.Config;
import dev.orthant.core.testing.FlawedConstraints.Flaw;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each law of the contract can fail, and a sound constraint breaks none. */
final class SubspaceConstraintContractTest {

  private static final Config CONFIG = new Config();

  private interface Law extends Consumer<Contract> {}

  @ParameterizedTest
  @MethodSource("flaws")
  void flawBreaksItsLaw(Flaw flaw, Law law) {
    Contract contract = new Contract(flaw);

    assertThatThrownBy(() -> law.accept(contract)).isInstanceOf(AssertionError.class);
  }

  @ParameterizedTest
  @MethodSource("flaws")
  void soundConstraintBreaksNone(Flaw flaw, Law law) {
    law.accept(new Contract(Flaw.NONE));
  }

  static Stream<Arguments> flaws() {
    return Stream.of(
        flaw(Flaw.ROWS_TOO_LONG, contract -> contract.rowsAreOrthonormal(CONFIG)),
        flaw(Flaw.LARGEST_DIRECTIONS, Contract::traceIsTheSumOfTheSmallestEigenvalues),
        flaw(Flaw.DEPENDS_ON_SCALE, Contract::scaleOfTheFeaturesDoesNotMatter),
        flaw(Flaw.MODIFIES_STATISTICS, contract -> contract.statisticsAreNotModified(CONFIG)),
        flaw(Flaw.DRAWS_WITHOUT_SEED, contract -> contract.sameSeedGivesTheSameBits(CONFIG)),
        flaw(
            Flaw.ACCEPTS_NO_STATISTICS,
            contract -> contract.missingStatisticsAreRefusedNamingTheModule(CONFIG)),
        flaw(
            Flaw.ACCEPTS_OTHER_SIZES,
            contract -> contract.statisticsOfAnotherSizeAreRefusedNamingTheTask(CONFIG)),
        flaw(
            Flaw.ACCEPTS_NOT_A_NUMBER,
            contract -> contract.statisticsThatAreNotNumbersAreRefusedNamingTheTask(CONFIG)));
  }

  private static Arguments flaw(Flaw flaw, Law law) {
    return Arguments.of(flaw, law);
  }

  /** Not found as a test of its own: test classes are top-level. */
  private static final class Contract extends SubspaceConstraintContract<Config> {

    private final Flaw flaw;

    Contract(Flaw flaw) {
      this.flaw = flaw;
    }

    @Override
    protected SubspaceConstraintFactory<Config> factory() {
      return new FlawedConstraints(flaw);
    }
  }
}
