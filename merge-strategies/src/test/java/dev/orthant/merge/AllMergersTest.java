package dev.orthant.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.MergerLaw;
import dev.orthant.core.testing.MergerContract;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class AllMergersTest {

  /** Mergers that do not return a single input of weight 1, and why. */
  private static final Map<String, String> NO_IDENTITY =
      Map.of(
          "adamerging", "learns what a single input is multiplied by",
          "adamerging-plusplus", "learns what a single input is multiplied by",
          "arcee-fusion", "keeps only the elements that matter most",
          "iso-c", "makes all singular values equal",
          "iso-cts", "makes all singular values equal",
          "model-stock", "takes two inputs at least",
          "nearswap", "takes two inputs",
          "nuslerp", "takes two inputs",
          "slerp", "takes two inputs");

  @ParameterizedTest
  @MethodSource("factories")
  void eachHasAContractTest(MergerFactory<?> factory) throws ClassNotFoundException {
    String name = factory.getClass().getName().replaceAll("Factory$", "ContractTest");

    Class<?> test = Class.forName(name);

    assertThat(MergerContract.class.isAssignableFrom(test)).isTrue();
  }

  @ParameterizedTest
  @MethodSource("factories")
  void eachReturnsASingleInputUnlessThereIsAReason(MergerFactory<?> factory) {
    boolean claims = factory.laws().contains(MergerLaw.IDENTITY_OF_ONE);

    assertThat(claims).isEqualTo(!NO_IDENTITY.containsKey(factory.name()));
  }

  @ParameterizedTest
  @MethodSource("exceptions")
  void exceptionsAreMergers(String name) {
    assertThat(factories().map(MergerFactory::name)).contains(name);
  }

  private static Stream<String> exceptions() {
    return new TreeSet<>(NO_IDENTITY.keySet()).stream();
  }

  private static Stream<MergerFactory<?>> factories() {
    return ServiceLoader.load(MergerFactory.class).stream().map(ServiceLoader.Provider::get);
  }
}
