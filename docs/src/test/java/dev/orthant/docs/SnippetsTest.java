package dev.orthant.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What pages show is what is compiled and run. A page marks a code block with the place that it is
 * taken from, relative to the root of the repository:
 *
 * <pre>{@code
 * <!-- snippet: docs/src/test/java/dev/orthant/docs/examples/HotSwap.java#swap -->
 * }</pre>
 *
 * <p>In a Java file the region is between the lines {@code // region swap} and {@code //
 * endregion}; without {@code #name} it is the whole file. Blocks of Java need such a mark. With
 * {@code -Dorthant.snippets.write=true} the pages are brought up to date instead of checked.
 */
final class SnippetsTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final boolean WRITE = Boolean.getBoolean("orthant.snippets.write");
  private static final Pattern BLOCK =
      Pattern.compile(
          "(?:<!-- snippet: (?<path>[^#\\s]+)(?:#(?<region>\\S+))? -->\\n)?(?<fence>```(?<language>\\w*))\\n(?<text>.*?)```",
          Pattern.DOTALL);

  @Test
  void blocksAreTheSourcesThatTheyName() throws IOException {
    List<String> problems = new ArrayList<>();
    for (Path page : Pages.all()) {
      String text = Files.readString(page);
      StringBuilder updated = new StringBuilder();
      Matcher block = BLOCK.matcher(text);
      while (block.find()) {
        String path = block.group("path");
        String replacement = block.group();
        if (path == null && block.group("language").equals("java")) {
          problems.add(name(page) + ": a block of Java without the mark of its source");
        } else if (path != null) {
          String source = Snippet.read(ROOT.resolve(path), block.group("region"));
          if (!source.equals(block.group("text"))) {
            problems.add(
                "%s: the block is not %s#%s; run with -Dorthant.snippets.write=true"
                    .formatted(name(page), path, block.group("region")));
          }
          int start = block.start("text") - block.start();
          replacement = replacement.substring(0, start) + source + "```";
        }
        block.appendReplacement(updated, Matcher.quoteReplacement(replacement));
      }
      block.appendTail(updated);
      if (WRITE && !updated.toString().equals(text)) {
        Files.writeString(page, updated);
      }
    }

    assertThat(WRITE ? List.of() : problems).isEmpty();
  }

  @Test
  void aRegionIsWhatIsBetweenItsMarksWithoutTheirIndentation() {
    String source =
        """
        class Example {
          // region run
          void run() {
            go();
          }

          // endregion
        }
        """;

    assertThat(Snippet.region(source, "run", "Example.java"))
        .isEqualTo("void run() {\n  go();\n}\n");
  }

  private static String name(Path page) {
    return ROOT.relativize(page).toString();
  }

  /** A piece of a source file. */
  private static final class Snippet {

    static String read(Path file, String region) throws IOException {
      assertThat(file).as("source of a snippet").isRegularFile();
      String source = Files.readString(file);
      return region == null ? source : region(source, region, file.toString());
    }

    static String region(String source, String region, String file) {
      List<String> lines = source.lines().toList();
      List<String> inside = new ArrayList<>();
      int at = 0;
      while (at < lines.size()
          && !lines.get(at).strip().matches("(//|#|<!--) region " + region + "( -->)?")) {
        at++;
      }
      assertThat(at).as("region '%s' of %s", region, file).isLessThan(lines.size());
      for (at++; !lines.get(at).strip().matches("(//|#|<!--) endregion( -->)?"); at++) {
        inside.add(lines.get(at));
      }
      int indentation =
          inside.stream()
              .filter(line -> !line.isBlank())
              .mapToInt(line -> line.length() - line.stripLeading().length())
              .min()
              .orElse(0);
      return inside.stream()
              .map(line -> line.isBlank() ? "" : line.substring(indentation))
              .collect(Collectors.joining("\n"))
              .strip()
          + "\n";
    }
  }
}
