package dev.orthant.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.docs.Workplace.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of the plug-in guide, run one block after the other in one empty folder.
 *
 * <p>Followed by hand on 22 November 2026 in an empty folder outside of the repository, with this
 * version's artifacts installed into a local repository of its own, the distribution that {@code
 * mvn package} makes, and nothing else: the commands took 3 minutes and 45 seconds on two cores
 * that a dozen other processes shared (the project 27 s, describing it 2 s, the study 2 min 16 s,
 * models 42 s, the change 19 s); reading and typing take the rest of the quarter of an hour.
 */
@DisabledOnOs(OS.WINDOWS)
final class PluginGuideTest {

  private static final Path PAGE = Path.of("plugins.md");
  private static final Pattern COMMANDS = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);

  @TempDir private static Path root = Path.of("");
  private static Workplace work;
  private static final List<Run> RUNS = new ArrayList<>();

  @BeforeAll
  static void follow() throws Exception {
    work = new Workplace(root);
    Matcher block = COMMANDS.matcher(Files.readString(PAGE));
    String before = "";
    while (block.find()) {
      Run run =
          work.run(
              before + block.group(1), Map.of("ORTHANT_HOME", root.resolve("cache").toString()));
      assertThat(run.code()).as("%s%n%s", block.group(1), run.output()).isZero();
      RUNS.add(run);
      before += exported(block.group(1));
    }
  }

  @Test
  void everyStepIsDone() {
    assertThat(RUNS).hasSize(5);
  }

  @Test
  void theProjectIsBuiltAndTested() {
    assertThat(work.folder().resolve("my-merger/target/surefire-reports")).isNotEmptyDirectory();
    assertThat(work.folder().resolve("plugins/my-merger/my-merger-0.1.0.jar")).isRegularFile();
  }

  @Test
  void theDescriptionIsWhatThePageShows() throws Exception {
    String shown = Files.readString(PAGE).split("```text\n")[1].split("```")[0];

    assertThat(RUNS.get(1).output().strip()).isEqualTo(shown.strip());
  }

  @Test
  void theMergerIsInTheTablesAndInTheReport() {
    assertThat(RUNS.get(2).output()).containsPattern("lora +mine +sharpness=");
    assertThat(work.folder().resolve("out/report.html")).content().contains("my-merger");
  }

  @Test
  void theModelsAreMergedByTheChangedRuleToo() {
    assertThat(work.folder().resolve("merged/model.safetensors")).isRegularFile();
    assertThat(work.folder().resolve("merged/merge.json")).content().contains("my-merger");
  }

  /** What later blocks have of earlier ones when a user types all of them into one shell. */
  private static String exported(String commands) {
    StringBuilder exports = new StringBuilder();
    commands
        .lines()
        .filter(line -> line.startsWith("export "))
        .forEach(line -> exports.append(line).append('\n'));
    return exports.toString();
  }
}
