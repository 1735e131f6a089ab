package dev.orthant.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.docs.site.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The site: all pages are on it, and links lead to what is on it. */
final class SiteTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^\"#]*)(?:#([^\"]*))?\"");

  @TempDir Path folder;

  @Test
  void itsLinksLeadToWhatIsOnIt() throws IOException {
    List<Path> files = Pages.all();
    new Site(ROOT, files, folder, false).write();

    List<Path> pages = pages();
    List<String> broken = new ArrayList<>();
    for (Path page : pages) {
      Matcher link = LINK.matcher(Files.readString(page));
      while (link.find()) {
        String path = link.group(1);
        Path target = path.isEmpty() ? page : page.resolveSibling(path).normalize();
        boolean named =
            link.group(2) == null
                || Files.isRegularFile(target)
                    && Files.readString(target).contains("id=\"" + link.group(2) + "\"");
        if (!path.contains("://") && !(Files.isRegularFile(target) && named)) {
          broken.add(folder.relativize(page) + " -> " + link.group());
        }
      }
    }

    assertThat(pages).hasSameSizeAs(files);
    assertThat(broken).isEmpty();
  }

  @Test
  void aPageHasItsTextATitleAndTheNavigation() throws IOException {
    new Site(ROOT, Pages.all(), folder, false).write();

    assertThat(folder.resolve("docs/methods/lora.html"))
        .content()
        .contains("<title>LoRA", "href=\"../configuration.html\"", "href=\"../../site.css\"")
        .contains("<table>", "<h1 id=");
  }

  private List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(f -> f.toString().endsWith(".html")).sorted().toList();
    }
  }
}
