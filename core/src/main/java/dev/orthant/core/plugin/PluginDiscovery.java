package dev.orthant.core.plugin;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.spi.Component;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * Finds plug-ins by {@link ServiceLoader}: those of a class loader, and those in plug-in folders.
 *
 * <p>A plug-in folder holds one folder a plug-in, {@code plugins/<name>/*.jar}. Each gets a class
 * loader of its own that asks the host first, so that plug-ins share arrays, logging and the
 * plug-in interfaces with the host, and cannot disturb each other.
 *
 * <p>Whatever is wrong with a plug-in is said here, at start, naming its jar: an empty folder, a
 * bad line in a services file, a class that cannot be loaded, an illegal name, a name given twice,
 * a manifest that asks for another version of the interfaces. Class loaders live as long as the
 * components found.
 */
public final class PluginDiscovery {

  private final ClassLoader host;
  private final List<Path> folders;

  /**
   * @param host finds the plug-ins on the class path, and is the parent of each folder's loader
   * @param folders plug-in folders; each must exist
   */
  public PluginDiscovery(ClassLoader host, List<Path> folders) {
    this.host = requireNonNull(host, "host");
    this.folders = List.copyOf(folders);
  }

  /**
   * Loads everything there is, sorted by kind and name.
   *
   * @throws PluginException at the first thing that is wrong
   */
  public List<Plugin> discover() {
    List<Plugin> found = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (ServiceLoader.Provider<?> provider : providers(kind, host, "the class path")) {
        found.add(instantiate(kind, provider));
      }
    }
    for (Path folder : folders) {
      for (PluginFolder plugin : PluginFolder.allIn(folder)) {
        found.addAll(discover(plugin));
      }
    }
    found.sort(Comparator.comparing(Plugin::kind).thenComparing(Plugin::name));
    new Catalog(found, List.of()); // refuses a name given twice
    return List.copyOf(found);
  }

  private List<Plugin> discover(PluginFolder folder) {
    folder.jars().forEach(jar -> SpiCheck.check(new Origin(jar)));
    ClassLoader loader = folder.loader(host);
    String place = "%s (%s)".formatted(folder.path(), folder.jarNames());
    List<Plugin> found = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (ServiceLoader.Provider<?> provider : providers(kind, loader, place)) {
        if (provider.type().getClassLoader() == loader) { // else it is one of the host's
          found.add(instantiate(kind, provider));
        }
      }
    }
    if (found.isEmpty()) {
      throw new PluginException(
          "%s: no jar of this plug-in folder (%s) has a plug-in of its own; each needs a line in"
                  .formatted(folder.path(), folder.jarNames())
              + " META-INF/services and a class that the host does not have");
    }
    return found;
  }

  private static List<ServiceLoader.Provider<?>> providers(
      Kind kind, ClassLoader loader, String place) {
    List<ServiceLoader.Provider<?>> providers = new ArrayList<>();
    try {
      Iterator<? extends ServiceLoader.Provider<?>> each =
          ServiceLoader.load(kind.spi(), loader).stream().iterator();
      while (each.hasNext()) {
        providers.add(each.next());
      }
    } catch (ServiceConfigurationError | LinkageError e) {
      throw new PluginException(
          "%s: %s".formatted(ServicesFile.toBlame(kind, loader, e).orElse(place), withCause(e)), e);
    }
    return providers;
  }

  private static Plugin instantiate(Kind kind, ServiceLoader.Provider<?> provider) {
    SpiCheck.check(Origin.of(provider.type()));
    try {
      return Plugin.of(kind, (Component<?>) provider.get());
    } catch (ServiceConfigurationError | LinkageError e) {
      throw new PluginException("%s: %s".formatted(Origin.of(provider.type()), withCause(e)), e);
    }
  }

  private static String withCause(Throwable e) {
    return e.getCause() == null
        ? String.valueOf(e.getMessage())
        : e.getMessage() + ": " + e.getCause();
  }
}
