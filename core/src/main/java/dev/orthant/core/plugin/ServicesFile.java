package dev.orthant.core.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The files in {@code META-INF/services} that {@link java.util.ServiceLoader} reads. */
final class ServicesFile {

  private ServicesFile() {}

  /**
   * The file that an error of the service loader comes from, as far as it can be told: the one that
   * the message names, else one with a line that the message quotes.
   */
  static Optional<String> toBlame(Kind kind, ClassLoader loader, Throwable error) {
    String resource = "META-INF/services/" + kind.spi().getName();
    String message = String.valueOf(error.getMessage()).replace('/', '.');
    try {
      List<URL> files = Collections.list(loader.getResources(resource));
      for (URL file : files) {
        if (String.valueOf(error.getMessage()).contains(file.toString())) {
          return Optional.of(file.toString());
        }
      }
      for (URL file : files) {
        if (providers(file).stream().anyMatch(message::contains)) {
          return Optional.of(file.toString());
        }
      }
    } catch (IOException e) {
      error.addSuppressed(e);
    }
    return Optional.empty();
  }

  private static List<String> providers(URL file) throws IOException {
    URLConnection connection = file.openConnection();
    connection.setUseCaches(false);
    try (InputStream in = connection.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.replaceFirst("#.*", "").strip())
          .filter(line -> !line.isEmpty())
          .toList();
    }
  }
}
