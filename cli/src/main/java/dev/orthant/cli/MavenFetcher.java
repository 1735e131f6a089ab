package dev.orthant.cli;

import dev.orthant.core.progress.Interruption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs the Maven of this machine, so that its settings, mirrors and local repository count. */
final class MavenFetcher implements ArtifactFetcher {

  private static final String COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy";
  private static final long POLL_MILLIS = 200;
  private static final int ENDED_BY_SIGNAL = 128;

  private final List<String> command;
  private final Interruption interruption;

  /**
   * @param command how Maven is started
   * @param interruption ends Maven too
   */
  MavenFetcher(List<String> command, Interruption interruption) {
    this.command = List.copyOf(command);
    this.interruption = interruption;
  }

  /** The {@code mvn} on the path. */
  static MavenFetcher onPath(Interruption interruption) {
    boolean windows = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("win");
    return new MavenFetcher(List.of(windows ? "mvn.cmd" : "mvn"), interruption);
  }

  @Override
  public Path fetch(String coordinates, Path folder) throws IOException {
    Path log = folder.resolve("maven.log");
    List<String> arguments = new ArrayList<>(command);
    arguments.addAll(
        List.of("-B", "-q", COPY, "-Dartifact=" + coordinates, "-DoutputDirectory=" + folder));
    Process process;
    try {
      process =
          new ProcessBuilder(arguments)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      throw new IOException(
          "%s is fetched by Maven, which cannot be run: install Maven, or have mvn on the PATH"
              .formatted(coordinates),
          e);
    }
    await(process);
    if (process.exitValue() != 0) {
      throw new IOException("Maven could not fetch %s: %s".formatted(coordinates, firstError(log)));
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".jar"))
          .findFirst()
          .orElseThrow(() -> new IOException("Maven left no jar for " + coordinates));
    }
  }

  private void await(Process process) throws IOException {
    try {
      while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        interruption.check();
      }
      if (process.exitValue() > ENDED_BY_SIGNAL) {
        // Ctrl-C reaches Maven too, and perhaps sooner than us.
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        interruption.check();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while Maven was running", e);
    } finally {
      process.destroy();
    }
  }

  private static String firstError(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .filter(line -> line.contains("ERROR"))
        .map(line -> line.replaceAll("^.*?ERROR\\]?:? *", "").replaceFirst(" -> \\[Help.*", ""))
        .filter(line -> !line.isBlank())
        .findFirst()
        .orElse("it gave no reason");
  }
}
