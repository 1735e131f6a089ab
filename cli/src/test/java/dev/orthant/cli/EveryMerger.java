package dev.orthant.cli;

import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.plugin.Kind;
import dev.orthant.core.plugin.PluginDiscovery;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.MergerTraits;
import java.util.List;
import java.util.Map;

/** The mergers of the catalog, for configurations that use all of them. */
final class EveryMerger {

  /** What some mergers want beside their defaults. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "adamerging", ", steps: 3",
          "adamerging-plusplus", ", steps: 3",
          "iteris", ", iterations: 2");

  private EveryMerger() {}

  /** The names of those that take so many inputs. */
  static List<String> names(int inputs) {
    ClassLoader loader = EveryMerger.class.getClassLoader();
    Catalog catalog = new Catalog(new PluginDiscovery(loader, List.of()).discover(), List.of());
    return catalog.names(Kind.MERGER).stream()
        .filter(
            name -> {
              MergerTraits traits = traits(catalog.merger(name));
              return traits.minInputs() <= inputs && inputs <= traits.maxInputs();
            })
        .toList();
  }

  /** Their lines under {@code mergers:}. */
  static String lines(int inputs) {
    StringBuilder lines = new StringBuilder();
    for (String type : names(inputs)) {
      lines.append(
          "  - {name: %s, type: %s%s}%n".formatted(type, type, SETTINGS.getOrDefault(type, "")));
    }
    return lines.toString();
  }

  private static <C extends Record> MergerTraits traits(MergerFactory<C> factory) {
    return factory.traits(factory.defaults());
  }
}
