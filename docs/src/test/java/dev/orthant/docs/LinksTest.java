package dev.orthant.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every relative link of the documentation leads to a file that exists. */
final class LinksTest {

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(#[^)]*)?\\)");
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @Test
  void relativeLinksLeadSomewhere() throws IOException {
    List<Path> pages = Pages.all();

    List<String> broken = new ArrayList<>();
    for (Path page : pages) {
      Matcher link = LINK.matcher(Files.readString(page));
      while (link.find()) {
        String target = link.group(1);
        boolean local = !target.contains("://") && !target.startsWith("mailto:");
        if (local && !Files.exists(page.resolveSibling(target))) {
          broken.add(ROOT.relativize(page) + " -> " + target);
        }
      }
    }

    assertThat(pages).hasSizeGreaterThan(5);
    assertThat(broken).isEmpty();
  }
}
