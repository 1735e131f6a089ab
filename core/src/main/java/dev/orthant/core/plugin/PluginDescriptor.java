package dev.orthant.core.plugin;

import dev.orthant.core.spi.Component;
import dev.orthant.core.spi.Reference;
import java.util.List;

/**
 * What a listing says about a plug-in.
 *
 * @param kind what it is
 * @param name the name it is configured by
 * @param summary one line on what it does
 * @param version the {@code Implementation-Version} of its jar's manifest, {@code dev} without one
 * @param jar the file name of its jar, or the folder of its classes
 * @param references what it was published in
 */
public record PluginDescriptor(
    Kind kind,
    String name,
    String summary,
    String version,
    String jar,
    List<Reference> references) {

  /** Copies the list. */
  public PluginDescriptor {
    references = List.copyOf(references);
  }

  static PluginDescriptor of(Kind kind, Component<?> component) {
    Origin origin = Origin.of(component.getClass());
    return new PluginDescriptor(
        kind,
        component.name(),
        component.summary(),
        origin.manifestEntry("Implementation-Version").orElse("dev"),
        origin.shortName(),
        component.references());
  }
}
