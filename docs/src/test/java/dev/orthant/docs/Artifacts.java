package dev.orthant.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.spi.Component;
import dev.orthant.core.testing.ComponentContract;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * A local Maven repository in which this build's artifacts seem to be installed, for projects of
 * third parties. Everything else in it is a link to the repository of this build, so that nothing
 * is fetched twice and nothing of Orthant is written there.
 */
final class Artifacts {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final String GROUP = "orthant";
  private static final Pattern VERSION =
      Pattern.compile("<artifactId>orthant-parent</artifactId>\\s*<version>([^<]+)</version>");

  private Artifacts() {}

  /** The version of this build. */
  static String version() throws IOException {
    Matcher version = VERSION.matcher(Files.readString(ROOT.resolve("pom.xml")));
    assertThat(version.find()).isTrue();
    return version.group(1);
  }

  /** Makes the repository in an empty folder: the parent's pom, core and its contracts. */
  static Path install(Path repository) throws IOException, URISyntaxException {
    linkAllBut("dev", ofThisBuild(), Files.createDirectories(repository));
    Path dev = Files.createDirectories(repository.resolve("dev"));
    linkAllBut(GROUP, ofThisBuild().resolve("dev"), dev);
    Path ours = dev.resolve(GROUP);
    copy(ROOT.resolve("pom.xml"), file(ours, "orthant-parent", ".pom"));
    copy(ROOT.resolve("core/pom.xml"), file(ours, "orthant-core", ".pom"));
    jar(Component.class, file(ours, "orthant-core", ".jar"));
    jar(ComponentContract.class, file(ours, "orthant-core", "-tests.jar"));
    return repository;
  }

  private static Path ofThisBuild() {
    String given = System.getProperty("orthant.repository", "");
    return given.isBlank()
        ? Path.of(System.getProperty("user.home"), ".m2", "repository")
        : Path.of(given);
  }

  private static void linkAllBut(String name, Path from, Path to) throws IOException {
    if (!Files.isDirectory(from)) {
      return;
    }
    try (Stream<Path> entries = Files.list(from)) {
      for (Path entry : entries.toList()) {
        if (!entry.getFileName().toString().equals(name)) {
          Files.createSymbolicLink(to.resolve(entry.getFileName()), entry);
        }
      }
    }
  }

  private static Path file(Path group, String artifact, String suffix) throws IOException {
    Path folder = Files.createDirectories(group.resolve(artifact).resolve(version()));
    return folder.resolve(artifact + "-" + version() + suffix);
  }

  /** The jar that a class is in; made of the folder where the build has no jar yet. */
  private static void jar(Class<?> type, Path target) throws IOException, URISyntaxException {
    Path origin = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isRegularFile(origin)) {
      copy(origin, target);
      return;
    }
    List<String> arguments = List.of("cf", target.toString(), "-C", origin.toString(), ".");
    PrintStream messages = new PrintStream(PrintStream.nullOutputStream());
    int code =
        ToolProvider.findFirst("jar")
            .orElseThrow()
            .run(messages, messages, arguments.toArray(String[]::new));
    assertThat(code).as("jar %s", arguments).isZero();
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }
}
