package dev.orthant.docs.site;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.commonmark.node.Heading;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * The documentation as HTML, laid out as the Markdown is: {@code docs/formats.md} becomes {@code
 * docs/formats.html}, a {@code README.md} the {@code index.html} of its folder. Files that pages
 * link to are copied; a folder of sources is on no site, so links to one become plain text. The
 * navigation is {@code docs/README.md}.
 */
public final class Site {

  private static final String EXTENSION = ".md";

  private final Path root;
  private final Path target;
  private final Map<Path, Page> pages = new LinkedHashMap<>();
  private final Page navigation;
  private final String template;
  private final String javadoc;

  /**
   * @param root the folder that pages lie in
   * @param files the pages; {@code docs/README.md} is one of them
   * @param target the folder to write
   * @param javadoc whether Javadoc will be in its folder {@code api}
   */
  public Site(Path root, List<Path> files, Path target, boolean javadoc) throws IOException {
    this.root = root;
    this.target = target;
    files.forEach(file -> pages.put(file, Page.read(file)));
    this.navigation = Objects.requireNonNull(pages.get(root.resolve("docs/README.md")));
    this.template = resource("page.html");
    this.javadoc = javadoc ? resource("javadoc.html") : "";
  }

  /** Writes all pages, and what they show. */
  public void write() throws IOException {
    Files.createDirectories(target);
    Files.writeString(target.resolve("site.css"), resource("site.css"));
    for (Page page : pages.values()) {
      Path html = target.resolve(place(page.file()));
      Files.createDirectories(html.getParent());
      Files.writeString(html, html(page));
    }
  }

  private String html(Page page) throws IOException {
    Path folder = place(page.file()).resolve("..").normalize();
    String top = slashed(folder.relativize(Path.of("")));
    return template
        .replace("{{title}}", page.title().replace("&", "&amp;").replace("<", "&lt;"))
        .replace("{{javadoc}}", javadoc)
        .replace("{{top}}", top.isEmpty() ? "." : top)
        .replace("{{navigation}}", body(links(Page.read(navigation.file())), page.file()))
        .replace("{{content}}", body(Page.read(page.file()), page.file()));
  }

  /** The navigation without what it says about the pages. */
  private static Page links(Page navigation) {
    for (Link link : Page.all(navigation.tree(), Link.class)) {
      while (link.getNext() != null) {
        link.getNext().unlink();
      }
    }
    return navigation;
  }

  /** A page's text as HTML, with links as seen from a page. */
  private String body(Page page, Path from) throws IOException {
    for (Link link : Page.all(page.tree(), Link.class)) {
      relink(link, page.file(), from);
    }
    boolean own = page.file().equals(from);
    return HtmlRenderer.builder()
        .extensions(Page.EXTENSIONS)
        .attributeProviderFactory(
            context ->
                (node, tag, attributes) -> {
                  if (own && node instanceof Heading heading) {
                    attributes.put("id", page.anchors().getOrDefault(heading, ""));
                  }
                })
        .build()
        .render(page.tree());
  }

  private void relink(Link link, Path page, Path from) throws IOException {
    String destination = link.getDestination();
    if (destination.contains("://") || destination.startsWith("#")) {
      return;
    }
    int hash = destination.indexOf('#');
    String path = hash < 0 ? destination : destination.substring(0, hash);
    String anchor = hash < 0 ? "" : destination.substring(hash);
    Path file = page.resolveSibling(path).normalize();
    if (Files.isDirectory(file)) {
      file = file.resolve("README.md");
    }
    if (!pages.containsKey(file)) {
      if (!Files.isRegularFile(file)) {
        unlink(link);
        return;
      }
      Path copy = target.resolve(root.relativize(file));
      Files.createDirectories(copy.getParent());
      Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
    }
    Path folder = place(from).resolve("..").normalize();
    link.setDestination(slashed(folder.relativize(place(file))) + anchor);
  }

  private static void unlink(Link link) {
    for (Node child = link.getFirstChild(); child != null; child = link.getFirstChild()) {
      link.insertBefore(child);
    }
    link.unlink();
  }

  /** Where a file of the repository is on the site, relative to its top. */
  private Path place(Path file) {
    Path relative = root.relativize(file);
    String name = relative.getFileName().toString();
    if (!name.endsWith(EXTENSION)) {
      return relative;
    }
    String stem = name.substring(0, name.length() - EXTENSION.length());
    return relative.resolveSibling(stem.equals("README") ? "index.html" : stem + ".html");
  }

  private static String slashed(Path path) {
    return path.toString().replace('\\', '/');
  }

  private static String resource(String name) throws IOException {
    try (var stream = Site.class.getResourceAsStream("/site/" + name)) {
      return new String(
          Objects.requireNonNull(stream, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
