package dev.orthant.core.plugin;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The folder of one plug-in.
 *
 * @param path the folder
 * @param jars its jars, sorted; never empty
 */
record PluginFolder(Path path, List<Path> jars) {

  /**
   * The plug-ins in {@code parent}, sorted by name; hidden folders and loose files do not count.
   */
  static List<PluginFolder> allIn(Path parent) {
    if (!Files.isDirectory(parent)) {
      throw new PluginException("%s: there is no such plug-in folder".formatted(parent));
    }
    List<Path> entries = list(parent);
    for (Path entry : entries) {
      if (isJar(entry)) {
        throw new PluginException(
            "%s: a plug-in's jars belong into a folder of their own, such as %s"
                .formatted(entry, withoutSuffix(entry).resolve(entry.getFileName())));
      }
    }
    return entries.stream()
        .filter(Files::isDirectory)
        .filter(folder -> !folder.getFileName().toString().startsWith("."))
        .map(PluginFolder::of)
        .toList();
  }

  /** A class loader that asks {@code host} first. */
  ClassLoader loader(ClassLoader host) {
    URL[] urls = jars.stream().map(PluginFolder::url).toArray(URL[]::new);
    return new URLClassLoader("plug-in " + path.getFileName(), urls, host);
  }

  String jarNames() {
    return jars.stream().map(jar -> jar.getFileName().toString()).collect(Collectors.joining(", "));
  }

  private static PluginFolder of(Path folder) {
    List<Path> jars = list(folder).stream().filter(PluginFolder::isJar).toList();
    if (jars.isEmpty()) {
      throw new PluginException(
          "%s: this plug-in folder holds no jar; put one in or remove the folder"
              .formatted(folder));
    }
    return new PluginFolder(folder, jars);
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    } catch (IOException e) {
      throw new PluginException("%s: cannot be listed: %s".formatted(folder, e), e);
    }
  }

  private static boolean isJar(Path path) {
    return Files.isRegularFile(path) && path.getFileName().toString().endsWith(".jar");
  }

  private static Path withoutSuffix(Path jar) {
    String name = jar.getFileName().toString();
    return jar.resolveSibling(name.substring(0, name.length() - ".jar".length()));
  }

  private static URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new PluginException("%s: cannot be loaded from: %s".formatted(jar, e), e);
    }
  }
}
