package dev.orthant.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.docs.site.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every relative link leads to a file, a folder or a heading that exists, and to every page. */
final class LinksTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private final Map<Path, Page> pages = new LinkedHashMap<>();

  LinksTest() throws IOException {
    for (Path file : Pages.all()) {
      pages.put(file, Page.read(file));
    }
  }

  @Test
  void linksLeadSomewhere() {
    List<String> broken = new ArrayList<>();
    for (Page page : pages.values()) {
      for (String target : page.targets()) {
        if (!isOutside(target) && !leadsSomewhere(page, target)) {
          broken.add(ROOT.relativize(page.file()) + " -> " + target);
        }
      }
    }

    assertThat(pages).hasSizeGreaterThan(5);
    assertThat(broken).isEmpty();
  }

  @Test
  void everyPageCanBeReachedFromTheFirst() {
    Set<Path> reached = new LinkedHashSet<>(List.of(ROOT.resolve("README.md")));
    List<Path> open = new ArrayList<>(reached);
    while (!open.isEmpty()) {
      Page page = pages.get(open.remove(0));
      for (String target : page.targets()) {
        Path file = file(page, target);
        if (pages.containsKey(file) && reached.add(file)) {
          open.add(file);
        }
      }
    }

    assertThat(pages.keySet()).isSubsetOf(reached);
  }

  private boolean leadsSomewhere(Page page, String target) {
    int hash = target.indexOf('#');
    Path file = file(page, target);
    if (hash < 0 || !pages.containsKey(file)) {
      return Files.exists(file);
    }
    return pages.get(file).names().contains(target.substring(hash + 1));
  }

  private static Path file(Page page, String target) {
    int hash = target.indexOf('#');
    String path = hash < 0 ? target : target.substring(0, hash);
    if (isOutside(target)) {
      return page.file();
    }
    Path file = path.isEmpty() ? page.file() : page.file().resolveSibling(path).normalize();
    return Files.isDirectory(file) && Files.exists(file.resolve("README.md"))
        ? file.resolve("README.md")
        : file;
  }

  private static boolean isOutside(String target) {
    return target.contains("://") || target.startsWith("mailto:");
  }
}
