package dev.orthant.core.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.testing.AdapterContract.Case;
import dev.orthant.core.testing.FlawedAdapters.Config;
import dev.orthant.core.testing.FlawedAdapters.Flaw;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each law of the contract can fail, and a sound adapter breaks none. */
@TestInstance(Lifecycle.PER_CLASS)
final class AdapterContractTest {

  @TempDir private Path folder;

  private interface Law extends BiConsumer<Contract, Case<Config>> {}

  @ParameterizedTest
  @MethodSource("flaws")
  void flawBreaksItsLaw(Flaw flaw, Law law) {
    Contract contract = new Contract(flaw);

    assertThatThrownBy(() -> law.accept(contract, aCase())).isInstanceOf(AssertionError.class);
    contract.closePool();
  }

  @ParameterizedTest
  @MethodSource("flaws")
  void soundAdapterBreaksNone(Flaw flaw, Law law) {
    Contract contract = new Contract(Flaw.NONE);

    law.accept(contract, aCase());
    contract.closePool();
  }

  Stream<Arguments> flaws() {
    return Stream.of(
        flaw(Flaw.STARTS_CHANGED, Contract::freshAdapterChangesNothing),
        flaw(Flaw.STARTS_FAR_OFF, Contract::freshAdapterChangesNothingButRounding),
        flaw(Flaw.WRONG_FORWARD, Contract::forwardEqualsTheMergedWeights),
        flaw(Flaw.NEEDS_ITS_OWN_RESULT, Contract::forwardMayOverwriteTheBaseProduct),
        flaw(Flaw.WRONG_INPUT_GRADIENT, Contract::gradientsEqualFiniteDifferences),
        flaw(Flaw.WRONG_PARAMETER_GRADIENT, Contract::gradientsEqualFiniteDifferences),
        flaw(Flaw.OVERWRITES_GRADIENTS, Contract::gradientsAddUpAndAnUnwantedOneIsLeftAlone),
        flaw(Flaw.TOUCHES_UNWANTED_GRADIENT, Contract::gradientsAddUpAndAnUnwantedOneIsLeftAlone),
        flaw(Flaw.KEEPS_THE_LAST_INPUT, Contract::passesDoNotDisturbEachOther),
        flaw(Flaw.DRAWS_WITHOUT_SEED, Contract::sameSeedGivesTheSameBits),
        flaw(Flaw.KEEPS_A_SECRET, Contract::savedParametersRestoreTheSameBits),
        flaw(
            Flaw.KEEPS_A_SECRET,
            (contract, of) -> contract.aResumedTrainingHasTheSameBits(of.config(), folder)),
        flaw(Flaw.LENDS_ITS_ARRAYS, Contract::deltaAndExportAreSnapshots),
        flaw(
            Flaw.WRONG_EXPORT,
            (contract, of) -> contract.exportedFolderHasTheSameDelta(of, folder)),
        flaw(Flaw.IGNORES_ALPHA, Contract::doublingAlphaDoublesTheDelta),
        flaw(Flaw.EXCEEDS_ITS_RANK, Contract::rankOfTheDeltaIsBounded),
        flaw(
            Flaw.IGNORES_THE_BASIS,
            (contract, of) -> contract.rowsStayWithinAFrozenBasis(of.config())));
  }

  private static Arguments flaw(Flaw flaw, Law law) {
    return Arguments.of(flaw, law);
  }

  private static Case<Config> aCase() {
    return new Case<>(new Config(3, 6), new PlainOps(), false);
  }

  /** Not found as a test of its own: test classes are top-level. */
  private static final class Contract extends AdapterContract<Config> {

    private final Flaw flaw;

    Contract(Flaw flaw) {
      this.flaw = flaw;
    }

    @Override
    protected AdapterFactory<Config> factory() {
      return new FlawedAdapters(flaw);
    }

    @Override
    protected Config withDoubledAlpha(Config config) {
      return new Config(config.rank(), 2 * config.alpha());
    }
  }
}
