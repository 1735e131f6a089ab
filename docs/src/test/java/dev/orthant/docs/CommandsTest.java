package dev.orthant.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.cli.OrthantCli;
import dev.orthant.docs.Workplace.Run;
import dev.orthant.docs.site.Page;
import dev.orthant.docs.site.Page.Block;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * The command lines of the pages. Above a block of {@code sh} stands how it is checked:
 *
 * <ul>
 *   <li>{@code <!-- run -->}: its commands are run, after those of the pages and blocks before it;
 *   <li>{@code <!-- run after: NAME -->}: likewise, after {@code commands/NAME.sh} of the tests;
 *   <li>{@code <!-- not run: REASON -->}: its commands and options exist.
 * </ul>
 */
final class CommandsTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** What other tests run from its first to its last command. */
  private static final List<String> TOLD_BY_OTHERS = List.of("docs/plugins.md");

  /** Pages whose commands leave what those of further pages need, in this order. */
  private static final List<String> FIRST = List.of("docs/quickstart.md", "docs/command-line.md");

  private static final Pattern COMMAND =
      Pattern.compile("^(\\./)?(orthant|mvn|java|tensorboard) ", Pattern.MULTILINE);
  private static final Pattern CODE = Pattern.compile("orthant( [a-z].*)");

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void blocksRun(@TempDir Path folder) throws Exception {
    Workplace work = new Workplace(folder);
    Map<String, String> home = Map.of("ORTHANT_HOME", folder.resolve("cache").toString());
    List<String> ran = new ArrayList<>();

    for (Page page : inOrder()) {
      for (Block block : blocks(page)) {
        if (block.mark().startsWith("run")) {
          Run run = work.run(preparation(block) + block.text(), home);
          assertThat(run.code()).as("%s:\n%s\n%s", name(page), block.text(), run.output()).isZero();
          ran.add(name(page));
        }
      }
    }

    assertThat(ran).contains("docs/quickstart.md", "docs/command-line.md", "docs/statistics.md");
  }

  @Test
  void commandsExistWithTheirOptions() throws IOException {
    List<String> problems = new ArrayList<>();
    for (Page page : pages()) {
      for (Block block : blocks(page)) {
        for (List<String> words : ShellLines.commands(block.text())) {
          problem(words).ifPresent(p -> problems.add(name(page) + ": " + p));
        }
      }
    }

    assertThat(problems).isEmpty();
  }

  @Test
  void everyBlockSaysHowItIsChecked() throws IOException {
    List<String> unmarked = new ArrayList<>();
    for (Page page : pages()) {
      for (Block block : page.blocks()) {
        boolean commands =
            block.language().equals("sh")
                || block.language().isEmpty() && COMMAND.matcher(block.text()).find();
        boolean marked =
            block.language().equals("sh")
                && block.mark().matches("run|run after: [a-z-]+|not run: .+");
        if (commands && !marked && !TOLD_BY_OTHERS.contains(name(page))) {
          unmarked.add(name(page) + ":\n" + block.text());
        }
      }
    }

    assertThat(unmarked).isEmpty();
  }

  /** Such as {@code orthant merge --type RULE}: what stands in lines is rarely a whole command. */
  @Test
  void commandsWithinLinesExistWithTheOptionsThatAreNamed() throws IOException {
    List<String> problems = new ArrayList<>();
    for (Page page : pages()) {
      for (String code : page.code()) {
        if (CODE.matcher(code).matches()) {
          mention(code).ifPresent(p -> problems.add(name(page) + ": " + p));
        }
      }
    }

    assertThat(problems).isEmpty();
  }

  private static Optional<String> problem(List<String> words) {
    String command = words.get(0).replaceFirst("^\\./", "");
    if (!command.equals("orthant")) {
      return Optional.empty();
    }
    try {
      new CommandLine(OrthantCli.model())
          .setCaseInsensitiveEnumValuesAllowed(true)
          .parseArgs(words.subList(1, words.size()).toArray(String[]::new));
      return Optional.empty();
    } catch (ParameterException e) {
      return Optional.of(String.join(" ", words) + ": " + e.getMessage());
    }
  }

  private static Optional<String> mention(String code) {
    CommandSpec spec = OrthantCli.model();
    for (String word : code.split("[\\s|]+")) {
      CommandLine inner = spec.subcommands().get(word);
      if (inner != null) {
        spec = inner.getCommandSpec();
      } else if (word.matches("--?[a-z].*") && !known(spec, word.replaceFirst("=.*", ""))) {
        return Optional.of(code + ": no option " + word);
      }
    }
    boolean found = spec.parent() != null;
    return found ? Optional.empty() : Optional.of(code + ": no such command");
  }

  private static boolean known(CommandSpec spec, String option) {
    return spec.findOption(option) != null || spec.negatedOptionsMap().containsKey(option);
  }

  private static String preparation(Block block) throws IOException {
    String script = block.mark().replaceFirst("run( after: )?", "");
    return script.isEmpty()
        ? ""
        : Files.readString(Path.of("src/test/resources/commands", script + ".sh"));
  }

  private static List<Page> inOrder() throws IOException {
    List<Page> pages = new ArrayList<>();
    for (String first : FIRST) {
      pages.add(Page.read(ROOT.resolve(first)));
    }
    pages().stream().filter(page -> !FIRST.contains(name(page))).forEach(pages::add);
    return pages;
  }

  private static List<Page> pages() throws IOException {
    return Pages.all().stream().map(Page::read).toList();
  }

  private static List<Block> blocks(Page page) {
    return page.blocks().stream().filter(block -> block.language().equals("sh")).toList();
  }

  private static String name(Page page) {
    return ROOT.relativize(page.file()).toString().replace('\\', '/');
  }
}
