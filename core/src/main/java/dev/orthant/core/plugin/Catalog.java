package dev.orthant.core.plugin;

import dev.orthant.core.nn.ArchitectureFactory;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.Component;
import dev.orthant.core.spi.DeltaTransformFactory;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.text.TaskFactory;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The plug-ins of one application, by kind and name. Where the application and discovery give the
 * same name, the application's component is the one that counts.
 *
 * <p>This is the one permitted lookup: what assembles a run injects it, algorithms never do.
 */
public final class Catalog {

  private final Map<Kind, Map<String, Plugin>> plugins = new EnumMap<>(Kind.class);

  /**
   * @param discovered what discovery found
   * @param application the application's own, replacing or adding to what was found
   * @throws PluginException if two of one collection have the same kind and name
   */
  public Catalog(Collection<Plugin> discovered, Collection<Plugin> application) {
    for (Kind kind : Kind.values()) {
      plugins.put(kind, new TreeMap<>());
    }
    Map<Kind, Map<String, Plugin>> own = byName(application);
    byName(discovered).forEach((kind, found) -> plugins.get(kind).putAll(found));
    own.forEach((kind, replacing) -> plugins.get(kind).putAll(replacing));
  }

  /**
   * The component of a name.
   *
   * @throws UnknownPluginException if there is none
   */
  public Component<?> get(Kind kind, String name) {
    Map<String, Plugin> ofKind = plugins.get(kind);
    Plugin plugin = ofKind.get(name);
    if (plugin == null) {
      throw new UnknownPluginException(kind, name, ofKind.keySet());
    }
    return plugin.component();
  }

  /**
   * The adapter of a name.
   *
   * @throws UnknownPluginException if there is none
   */
  public AdapterFactory<?> adapter(String name) {
    return (AdapterFactory<?>) get(Kind.ADAPTER, name);
  }

  /**
   * The constraint of a name.
   *
   * @throws UnknownPluginException if there is none
   */
  public SubspaceConstraintFactory<?> constraint(String name) {
    return (SubspaceConstraintFactory<?>) get(Kind.CONSTRAINT, name);
  }

  /**
   * The merger of a name.
   *
   * @throws UnknownPluginException if there is none
   */
  public MergerFactory<?> merger(String name) {
    return (MergerFactory<?>) get(Kind.MERGER, name);
  }

  /**
   * The transform of a name.
   *
   * @throws UnknownPluginException if there is none
   */
  public DeltaTransformFactory<?> transform(String name) {
    return (DeltaTransformFactory<?>) get(Kind.TRANSFORM, name);
  }

  /**
   * The source of tasks of a name.
   *
   * @throws UnknownPluginException if there is none
   */
  public TaskFactory<?> task(String name) {
    return (TaskFactory<?>) get(Kind.TASK, name);
  }

  /**
   * The family of models of a name.
   *
   * @throws UnknownPluginException if there is none
   */
  public ArchitectureFactory architecture(String name) {
    return (ArchitectureFactory) get(Kind.ARCHITECTURE, name);
  }

  /** The names of a kind, sorted. */
  public List<String> names(Kind kind) {
    return List.copyOf(plugins.get(kind).keySet());
  }

  /** All of them, sorted by kind and name. */
  public List<PluginDescriptor> descriptors() {
    return plugins.values().stream()
        .flatMap(ofKind -> ofKind.values().stream())
        .map(Plugin::descriptor)
        .toList();
  }

  private static Map<Kind, Map<String, Plugin>> byName(Collection<Plugin> all) {
    Map<Kind, Map<String, Plugin>> byName = new EnumMap<>(Kind.class);
    for (Plugin plugin : all) {
      Plugin earlier =
          byName
              .computeIfAbsent(plugin.kind(), kind -> new TreeMap<>())
              .putIfAbsent(plugin.name(), plugin);
      if (earlier != null) {
        throw new PluginException(
            "two %ss are named '%s': %s in %s and %s in %s"
                .formatted(
                    plugin.kind(),
                    plugin.name(),
                    earlier.component().getClass().getName(),
                    Origin.of(earlier.component().getClass()),
                    plugin.component().getClass().getName(),
                    Origin.of(plugin.component().getClass())));
      }
    }
    return byName;
  }
}
