package dev.orthant.docs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A folder in which commands run as a user types them: {@code orthant} is this build's, {@code mvn}
 * is the Maven that runs it, with this build's artifacts in its local repository.
 */
final class Workplace {

  private static final int MINUTES = 10;

  private final Path folder;
  private final Path tools;

  /**
   * @param root an empty folder
   */
  Workplace(Path root) throws Exception {
    folder = Files.createDirectories(root.resolve("work"));
    tools = Files.createDirectories(root.resolve("tools"));
    Path home = Files.createDirectories(root.resolve("home"));
    Path repository = Artifacts.install(root.resolve("repository"));
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    script(
        "orthant",
        "exec '%s' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx1g -Duser.home='%s'"
                .formatted(java, home)
            + " -cp '%s' dev.orthant.cli.OrthantCli \"$@\""
                .formatted(System.getProperty("java.class.path")));
    script(
        "mvn", "exec '%s' -B -ntp -Dmaven.repo.local='%s' \"$@\"".formatted(maven(), repository));
  }

  /** Where commands run. */
  Path folder() {
    return folder;
  }

  /**
   * Runs commands by {@code sh}, up to the first that fails.
   *
   * @param variables added to the environment
   */
  Run run(String commands, Map<String, String> variables) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-e", "-c", commands).directory(folder.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("ORTHANT_") || name.startsWith("MAVEN_"));
    environment.put("PATH", tools + ":" + environment.getOrDefault("PATH", "/usr/bin:/bin"));
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("OPT_OUT_TRACKING", "true");
    environment.put("RUST_FLAVOR", "cpu");
    environment.putAll(variables);
    Path output = Files.createTempFile(tools, "output", ".txt");
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    process.getOutputStream().close();
    if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new IllegalStateException("hangs: " + commands + "\n" + Files.readString(output));
    }
    return new Run(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
  }

  /** The same without further variables. */
  Run run(String commands) throws IOException, InterruptedException {
    return run(commands, Map.of());
  }

  private static String maven() {
    String home = System.getProperty("orthant.maven", "");
    String installed = home.isBlank() ? "" : Path.of(home, "bin", "mvn").toString();
    return Files.isExecutable(Path.of(installed)) && !installed.isEmpty() ? installed : "mvn";
  }

  private void script(String name, String command) throws IOException {
    Path file = Files.writeString(tools.resolve(name), "#!/bin/sh\n" + command + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /**
   * What became of commands.
   *
   * @param code the exit code
   * @param output both streams
   */
  record Run(int code, String output) {}
}
