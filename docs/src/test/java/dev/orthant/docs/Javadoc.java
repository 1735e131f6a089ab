package dev.orthant.docs;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** The Javadoc of all modules' public classes, in one. */
final class Javadoc {

  private static final List<String> MODULES =
      List.of("core", "adapters-lora", "adapters-moslora", "osrm", "merge-strategies", "eval");

  private Javadoc() {}

  /**
   * Writes it.
   *
   * @param root the folder of the repository
   * @throws IllegalStateException if there is an error or a warning
   */
  static void write(Path root, Path target) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-quiet",
                "-public",
                "-notimestamp",
                "-encoding",
                "UTF-8",
                "-docencoding",
                "UTF-8",
                "-Xdoclint:all,-missing",
                "-Werror",
                "-windowtitle",
                "Orthant",
                "-doctitle",
                "Orthant",
                "-d",
                target.toString(),
                "-classpath",
                System.getProperty("java.class.path")));
    for (String module : MODULES) {
      Path sources = root.resolve(module).resolve("src/main/java");
      try (Stream<Path> files = Files.walk(sources)) {
        files.filter(Javadoc::isTold).map(Path::toString).sorted().forEach(arguments::add);
      }
    }
    StringWriter messages = new StringWriter();
    PrintWriter writer = new PrintWriter(messages, true);
    int code =
        ToolProvider.findFirst("javadoc")
            .orElseThrow(() -> new IllegalStateException("this Java has no javadoc: use a JDK"))
            .run(writer, writer, arguments.toArray(String[]::new));
    if (code != 0) {
      throw new IllegalStateException("javadoc ends with code " + code + ":\n" + messages);
    }
  }

  /** All but what needs the incubating vector API, which is of no package's interface. */
  private static boolean isTold(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".java") && !name.startsWith("Vector");
  }
}
