package dev.orthant.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A checkout in a temporary folder with the real scripts, and with a {@code mvn} and a {@code java}
 * that only pretend.
 */
final class Installation {

  private static final List<String> TOOLS =
      List.of(
          "sh",
          "cat",
          "chmod",
          "cp",
          "dirname",
          "find",
          "head",
          "mkdir",
          "mv",
          "readlink",
          "rmdir",
          "sleep",
          "stty",
          "touch");

  /** Notes that it was called, takes a moment, and leaves a distribution. */
  private static final String MVN =
      """
      #!/bin/sh
      echo "$*" >>"$BUILDS"
      [ -z "$BROKEN" ] || { echo "[ERROR] Foo.java: incompatible types"; exit 1; }
      sleep 0.2
      mkdir -p cli/target/orthant/bin cli/target/orthant/lib
      cp cli/src/main/distribution/orthant cli/target/orthant/bin/orthant
      touch cli/target/orthant/lib/orthant-cli-1.jar
      """;

  /** Notes all arguments, prints those of the program, and ends with code 7. */
  private static final String JAVA =
      """
      #!/bin/sh
      case "$*" in
        *-version) echo 'openjdk version "'"${VERSION:-17.0.1}"'" 2021-10-19' >&2; exit 0 ;;
        *ArchiveClassesAtExit*) exit 0 ;;
      esac
      echo "$*" >&2
      while [ "$1" != -jar ]; do shift; done
      shift 2
      for argument in "$@"; do echo "[$argument]"; done
      exit 7
      """;

  private final Path root;
  private final Path tools;
  private final Path builds;

  Installation(Path folder) throws IOException {
    root = Files.createDirectories(folder.resolve("a check out"));
    tools = Files.createDirectories(folder.resolve("tools"));
    builds = folder.resolve("builds.log");
    Path source = Files.createDirectories(root.resolve("cli/src/main/distribution"));
    Files.copy(Path.of("src/main/distribution/orthant"), source.resolve("orthant"));
    Files.copy(Path.of("../orthant"), launcher());
    Files.writeString(root.resolve("pom.xml"), "<project/>");
    for (String tool : TOOLS) {
      script(tool, "#!/bin/sh\nexec " + find(tool) + " \"$@\"\n");
    }
    script("mvn", MVN);
    script("java", JAVA);
  }

  Path root() {
    return root;
  }

  Path launcher() {
    return root.resolve("orthant");
  }

  void remove(String tool) throws IOException {
    Files.delete(tools.resolve(tool));
  }

  /** How often Maven was called. */
  int builds() throws IOException {
    return Files.exists(builds) ? Files.readAllLines(builds).size() : 0;
  }

  /**
   * Starts the launcher in a folder, with further variables {@code NAME=value} in its environment.
   */
  Process start(Path directory, Path launcher, List<String> arguments, String... variables)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("/bin/sh", launcher.toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", tools.toString());
    builder.environment().put("BUILDS", builds.toString());
    for (String variable : variables) {
      int equals = variable.indexOf('=');
      builder.environment().put(variable.substring(0, equals), variable.substring(equals + 1));
    }
    return builder.start();
  }

  CliRun run(List<String> arguments, String... variables) throws Exception {
    return finish(start(root, launcher(), arguments, variables));
  }

  static CliRun finish(Process process) throws Exception {
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IllegalStateException("the launcher hangs; it wrote: " + err);
    }
    return new CliRun(process.exitValue(), out, err);
  }

  private void script(String name, String text) throws IOException {
    Path file = Files.writeString(tools.resolve(name), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Path find(String tool) {
    for (Path folder : List.of(Path.of("/bin"), Path.of("/usr/bin"))) {
      if (Files.isExecutable(folder.resolve(tool))) {
        return folder.resolve(tool);
      }
    }
    throw new IllegalStateException("no " + tool + " in /bin or /usr/bin");
  }
}
