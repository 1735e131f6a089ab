package dev.orthant.core.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.ConfigEncoder;
import dev.orthant.core.config.ConfigurationException;
import dev.orthant.core.config.Problem;
import dev.orthant.core.plugin.Kind;
import dev.orthant.core.spi.Component;
import dev.orthant.core.text.TaskFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What every component has to do, whatever its kind. A test class of a component extends this, or
 * one of the contracts of its kind, which extend this.
 *
 * @param <C> the component's configuration
 */
public abstract class ComponentContract<C extends Record> {

  /** Keys that a configuration file has beside a component's own. */
  private static final Set<String> RESERVED =
      Set.of(
          "name",
          "type",
          "constrained",
          "constraint",
          "training",
          "start",
          "grid",
          "curve",
          "space",
          "before",
          "after");

  /** Keys that a task has beside those of its source. */
  private static final Set<String> RESERVED_FOR_TASKS =
      Set.of(
          "source",
          "file",
          "train",
          "validation",
          "test",
          "text_a",
          "text_b",
          "label",
          "labels",
          "regression",
          "metric",
          "train_rows",
          "validation_rows",
          "test_rows",
          "relative_to");

  private final ConfigDecoder decoder = new ConfigDecoder();
  private final ConfigEncoder encoder = new ConfigEncoder();

  /** The component under test. */
  protected abstract Component<C> factory();

  /** Whether it is so well known that no publication has to be named. */
  protected boolean isCommonKnowledge() {
    return false;
  }

  @Test
  final void isFoundByItsNameThroughTheServiceLoader() {
    Class<?> type = factory().getClass();

    List<String> names = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      ServiceLoader.load(kind.spi(), type.getClassLoader()).stream()
          .filter(provider -> provider.type() == type)
          .forEach(provider -> names.add(((Component<?>) provider.get()).name()));
    }

    assertThat(names)
        .as("names under which META-INF/services finds %s", type.getName())
        .containsExactly(factory().name());
  }

  @Test
  final void nameIsLegal() {
    assertThat(factory().name()).matches("[a-z][a-z0-9-]*");
  }

  @Test
  final void summaryIsOneLine() {
    assertThat(factory().summary()).isNotBlank().doesNotContain("\n").hasSizeLessThan(120);
  }

  @Test
  final void publicationIsNamed() {
    assertThat(factory().references().isEmpty())
        .as("whether %s names no publication", factory().name())
        .isEqualTo(isCommonKnowledge());
  }

  @Test
  final void nothingGivenDecodesToTheDefaults() {
    C decoded = decode(encoder.toNode(factory().defaults()).removeAll());

    assertThat(decoded).isEqualTo(factory().defaults());
  }

  @Test
  final void defaultsSurviveEncodingAndDecoding() {
    C defaults = factory().defaults();

    // without defaults to fall back on, so that every key has to be there
    C decoded = decoder.decode(encoder.toYaml(defaults), factory().configType(), null);

    assertThat(decoded).isEqualTo(defaults);
  }

  @Test
  final void keysAreSnakeCaseAndNotReserved() {
    assertThat(keys())
        .allSatisfy(key -> assertThat(key).matches("[a-z][a-z0-9]*(_[a-z0-9]+)*"))
        .doesNotContainAnyElementsOf(RESERVED);
    if (factory() instanceof TaskFactory<?>) {
      assertThat(keys()).doesNotContainAnyElementsOf(RESERVED_FOR_TASKS);
    }
  }

  @Test
  final void unknownKeysAreRefusedWithASuggestion() {
    String near = keys().isEmpty() ? "unknown" : keys().get(0) + "x";
    ObjectNode settings = encoder.toNode(factory().defaults());
    settings.put(near, 1);

    ConfigurationException refused =
        catchThrowableOfType(ConfigurationException.class, () -> decode(settings));

    assertThat(refused).as("the refusal of the key '%s'", near).isNotNull();
    assertThat(refused.problems()).extracting(Problem::path).containsExactly(near);
    if (!keys().isEmpty()) {
      assertThat(refused).hasMessageContaining("did you mean '");
    }
  }

  @Test
  final void needsNoNativeBackendToBeListed() {
    assertThatCode(() -> WithoutBackend.describe(factory().getClass()))
        .as("constructing and describing %s without ND4J's native library", factory().name())
        .doesNotThrowAnyException();
  }

  private List<String> keys() {
    List<String> keys = new ArrayList<>();
    encoder.toNode(factory().defaults()).fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  private C decode(ObjectNode settings) {
    return decoder.decode(settings, factory().configType(), factory().defaults());
  }
}
