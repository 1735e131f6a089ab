package dev.orthant.core.testing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.config.Remaining;
import dev.orthant.core.plugin.Plugin;
import dev.orthant.core.plugin.PluginDiscovery;
import dev.orthant.core.spi.Component;
import dev.orthant.core.spi.Reference;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4j;

/** Every law of the contract can fail, and none fails for a component that is as it should be. */
final class ComponentContractTest {

  @TempDir Path plugins;

  @Test
  void aProperComponentPasses() {
    new PluginJar().merger("Proper", "proper").write(plugins.resolve("proper/proper.jar"));
    ComponentContract<?> contract = of(found("proper"), true);

    List<ThrowingCallable> laws =
        List.of(
            contract::isFoundByItsNameThroughTheServiceLoader,
            contract::nameIsLegal,
            contract::summaryIsOneLine,
            contract::publicationIsNamed,
            contract::nothingGivenDecodesToTheDefaults,
            contract::defaultsSurviveEncodingAndDecoding,
            contract::keysAreSnakeCaseAndNotReserved,
            contract::unknownKeysAreRefusedWithASuggestion,
            contract::needsNoNativeBackendToBeListed);

    for (ThrowingCallable law : laws) {
      assertThatCode(law).doesNotThrowAnyException();
    }
  }

  @Test
  void failsWithoutAServicesLine() {
    assertBroken(of(new Fake<>("fake", new Plain(1)))::isFoundByItsNameThroughTheServiceLoader)
        .hasMessageContaining("META-INF/services");
  }

  @Test
  void failsForAnIllegalName() {
    assertBroken(of(new Fake<>("Fake_1", new Plain(1)))::nameIsLegal);
  }

  @Test
  void failsForASummaryOfTwoLines() {
    assertBroken(of(new Fake<>("fake", new Plain(1), "a\nb", List.of()))::summaryIsOneLine);
  }

  @Test
  void failsWithoutAPublicationUnlessExempt() {
    Fake<Plain> unpublished = new Fake<>("fake", new Plain(1));

    assertBroken(of(unpublished, false)::publicationIsNamed);
    assertThatCode(of(unpublished, true)::publicationIsNamed).doesNotThrowAnyException();
  }

  @Test
  void failsForDefaultsThatAreNotTheSameTwice() {
    assertBroken(of(new Changing())::nothingGivenDecodesToTheDefaults);
  }

  @Test
  void failsForAConfigurationThatIsNotAValue() {
    Fake<WithArray> fake = new Fake<>("fake", new WithArray(List.of("a")));

    assertBroken(of(fake)::defaultsSurviveEncodingAndDecoding);
  }

  @Test
  void failsForAReservedKey() {
    assertBroken(of(new Fake<>("fake", new Reserved("a")))::keysAreSnakeCaseAndNotReserved);
  }

  @Test
  void failsForAKeyThatIsNotSnakeCase() {
    assertBroken(of(new Fake<>("fake", new Underscored(1)))::keysAreSnakeCaseAndNotReserved);
  }

  @Test
  void failsForAConfigurationThatTakesAnyKey() {
    assertBroken(
            of(new Fake<>("fake", new Greedy(1, emptyNode())))
                ::unknownKeysAreRefusedWithASuggestion)
        .hasMessageContaining("the refusal of the key 'rankx'");
  }

  @Test
  void failsForAComponentThatStartsTheBackend() {
    assertBroken(of(new Hasty())::needsNoNativeBackendToBeListed)
        .hasMessageContaining("NoAvailableBackendException");
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertBroken(
      ThrowingCallable law) {
    return assertThatThrownBy(law).isInstanceOf(AssertionError.class);
  }

  private Component<?> found(String name) {
    return new PluginDiscovery(getClass().getClassLoader(), List.of(plugins))
        .discover().stream()
            .filter(plugin -> plugin.name().equals(name))
            .map(Plugin::component)
            .findFirst()
            .orElseThrow();
  }

  private static <C extends Record> ComponentContract<C> of(Component<C> component) {
    return of(component, false);
  }

  private static <C extends Record> ComponentContract<C> of(
      Component<C> component, boolean commonKnowledge) {
    return new ComponentContract<>() {
      @Override
      protected Component<C> factory() {
        return component;
      }

      @Override
      protected boolean isCommonKnowledge() {
        return commonKnowledge;
      }
    };
  }

  private static ObjectNode emptyNode() {
    return JsonNodeFactory.instance.objectNode();
  }

  record Plain(int rank) {}

  record Reserved(String type) {}

  record Underscored(int some__rank) {}

  record Greedy(int rank, @Remaining ObjectNode rest) {}

  /** Equal only to itself. */
  record WithArray(List<String> words) {
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return 1;
    }
  }

  record Fake<C extends Record>(String name, C defaults, String summary, List<Reference> references)
      implements Component<C> {
    Fake(String name, C defaults) {
      this(name, defaults, "Does nothing.", List.of());
    }
  }

  static final class Changing implements Component<Plain> {

    private int calls;

    @Override
    public String name() {
      return "changing";
    }

    @Override
    public Plain defaults() {
      return new Plain(calls++);
    }

    @Override
    public String summary() {
      return "Has other defaults at every call.";
    }

    @Override
    public List<Reference> references() {
      return List.of();
    }
  }

  static final class Hasty implements Component<Plain> {

    private final double one = Nd4j.scalar(1.0).getDouble(0);

    @Override
    public String name() {
      return "hasty";
    }

    @Override
    public Plain defaults() {
      return new Plain((int) one);
    }

    @Override
    public String summary() {
      return "Computes when it is constructed.";
    }

    @Override
    public List<Reference> references() {
      return List.of();
    }
  }
}
