package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
final class LauncherTest {

  private final Path folder;
  private final Installation installation;

  LauncherTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.installation = new Installation(folder);
  }

  @Test
  void theFirstStartBuildsAndPassesArgumentsAndExitCode() throws Exception {
    CliRun run = installation.run(List.of("train", "a file.yaml", "", "*"));

    assertThat(run.out().lines()).containsExactly("[train]", "[a file.yaml]", "[]", "[*]");
    assertThat(run.code()).isEqualTo(7);
    assertThat(run.err()).contains("Building Orthant");
    assertThat(installation.builds()).isEqualTo(1);
  }

  @Test
  void laterStartsBuildOnlyWhenASourceIsNewer() throws Exception {
    installation.run(List.of());
    CliRun second = installation.run(List.of());

    assertThat(second.err()).doesNotContain("Building");
    assertThat(installation.builds()).isEqualTo(1);

    Path source = installation.root().resolve("core/src/main/java/Foo.java");
    Files.createDirectories(source.getParent());
    Files.writeString(source, "class Foo {}");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(3600)));
    installation.run(List.of());

    assertThat(installation.builds()).isEqualTo(2);
  }

  @Test
  void itWorksThroughALinkFromAnotherFolder() throws Exception {
    Path elsewhere = Files.createDirectories(folder.resolve("else where"));
    Path link = Files.createSymbolicLink(elsewhere.resolve("o"), installation.launcher());
    Path second = Files.createSymbolicLink(folder.resolve("o"), Path.of("else where/o"));

    CliRun direct = Installation.finish(installation.start(elsewhere, link, List.of("x")));
    CliRun indirect = Installation.finish(installation.start(elsewhere, second, List.of("y")));

    assertThat(direct.out().strip()).isEqualTo("[x]");
    assertThat(indirect.out().strip()).isEqualTo("[y]");
  }

  @Test
  void startsAtTheSameTimeBuildOnce() throws Exception {
    Process first = installation.start(folder, installation.launcher(), List.of("1"));
    Process second = installation.start(folder, installation.launcher(), List.of("2"));

    assertThat(Installation.finish(first).out().strip()).isEqualTo("[1]");
    assertThat(Installation.finish(second).out().strip()).isEqualTo("[2]");
    assertThat(installation.builds()).isEqualTo(1);
  }

  @Test
  void aFailedBuildShowsMavensErrorAndIsTriedAgain() throws Exception {
    CliRun failed = installation.run(List.of(), "BROKEN=yes");
    CliRun repaired = installation.run(List.of());

    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.out()).isEmpty();
    assertThat(failed.err()).contains("incompatible types").contains("error: the build failed");
    assertThat(repaired.code()).isEqualTo(7);
  }

  @Test
  void missingToolsAreNamed() throws Exception {
    installation.remove("mvn");
    assertThat(installation.run(List.of()).err()).contains("error: mvn not found");

    installation.remove("java");
    CliRun run = installation.run(List.of());
    assertThat(run.err()).startsWith("error: java not found: install Java 17");
    assertThat(run.code()).isEqualTo(1);
  }

  @Test
  void anOldJavaIsRefused() throws Exception {
    assertThat(installation.run(List.of(), "VERSION=11.0.2").err()).contains("is Java 11: 17 or");
    assertThat(installation.run(List.of(), "VERSION=1.8.0_300").err()).contains("is Java 1: 17");
    assertThat(installation.run(List.of(), "VERSION=25").code()).isEqualTo(7);
  }

  @Test
  void theUsersOptionsComeAfterOurs() throws Exception {
    CliRun run = installation.run(List.of("x"), "ORTHANT_OPTS=-Xmx8g -Dsome=thing");

    assertThat(run.out().strip()).isEqualTo("[x]");
    assertThat(run.err()).contains("--add-modules jdk.incubator.vector ");
    assertThat(run.err()).containsPattern("-Xmx2g .*-Xmx8g -Dsome=thing -jar ");
  }
}
