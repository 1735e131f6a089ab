package dev.orthant.core.dl4j;

import static java.util.Objects.requireNonNullElse;

import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.plugin.PluginDiscovery;
import java.util.List;

/** The plug-ins that a program finds without being told where. */
final class ClassPath {

  private ClassPath() {}

  /** All plug-ins of the class path, as the thread's class loader has it. */
  static Catalog catalog() {
    ClassLoader loader =
        requireNonNullElse(
            Thread.currentThread().getContextClassLoader(), ClassPath.class.getClassLoader());
    return new Catalog(new PluginDiscovery(loader, List.of()).discover(), List.of());
  }
}
