package dev.orthant.core.plugin;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/**
 * Where a class comes from.
 *
 * @param path a jar or a folder of classes; null if the class loader does not tell
 */
record Origin(@Nullable Path path) {

  static Origin of(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      return new Origin(null);
    }
    try {
      return new Origin(Path.of(source.getLocation().toURI()));
    } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
      return new Origin(null);
    }
  }

  /** The file name of a jar, or the whole path of a folder. */
  String shortName() {
    if (path == null) {
      return "unknown";
    }
    Path name = path.getFileName();
    return Files.isRegularFile(path) && name != null ? name.toString() : path.toString();
  }

  /**
   * An entry of the jar's manifest.
   *
   * @throws PluginException if the jar cannot be read
   */
  Optional<String> manifestEntry(String name) {
    if (path == null || !Files.isRegularFile(path)) {
      return Optional.empty();
    }
    try (JarFile jar = new JarFile(path.toFile(), false)) {
      return Optional.ofNullable(jar.getManifest()).map(m -> m.getMainAttributes().getValue(name));
    } catch (IOException e) {
      throw new PluginException("%s: not a readable jar: %s".formatted(path, e.getMessage()), e);
    }
  }

  @Override
  public String toString() {
    return path == null ? "an unknown place" : path.toString();
  }
}
