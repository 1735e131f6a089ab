package dev.orthant.core.plugin;

import dev.orthant.core.spi.Component;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A component and what a listing says about it.
 *
 * @param component an instance of its kind's interface
 * @param descriptor its description
 */
public record Plugin(Component<?> component, PluginDescriptor descriptor) {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

  /** Refuses a component that is not of the kind described. */
  public Plugin {
    if (!descriptor.kind().spi().isInstance(component)) {
      throw new IllegalArgumentException(
          "%s is not a %s"
              .formatted(component.getClass().getName(), descriptor.kind().spi().getName()));
    }
  }

  /**
   * Describes a component.
   *
   * @throws PluginException if its name is illegal or it does not describe itself, naming its jar
   */
  public static Plugin of(Kind kind, Component<?> component) {
    Class<?> type = component.getClass();
    try {
      checkName(component.name(), type);
      return new Plugin(component, PluginDescriptor.of(kind, component));
    } catch (PluginException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new PluginException(
          "%s: %s does not describe itself: %s".formatted(Origin.of(type), type.getName(), e), e);
    }
  }

  /** Its kind. */
  public Kind kind() {
    return descriptor.kind();
  }

  /** Its name. */
  public String name() {
    return descriptor.name();
  }

  private static void checkName(@Nullable String name, Class<?> type) {
    if (name == null || !NAME.matcher(name).matches()) {
      throw new PluginException(
          "%s: %s has the illegal name '%s', a name is %s"
              .formatted(Origin.of(type), type.getName(), name, NAME));
    }
  }
}
