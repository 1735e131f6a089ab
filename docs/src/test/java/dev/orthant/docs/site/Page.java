package dev.orthant.docs.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;

/**
 * A page of Markdown.
 *
 * @param file where it lies
 * @param tree its parsed text
 * @param anchors of its headings, in their order
 */
public record Page(Path file, Node tree, Map<Heading, String> anchors) {

  static final List<Extension> EXTENSIONS = List.of(TablesExtension.create());

  private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();

  /**
   * A fenced block of code.
   *
   * @param mark the comment right above it, without its delimiters; empty if there is none
   * @param language what it is in; empty if that is not said
   * @param text its lines
   */
  public record Block(String mark, String language, String text) {}

  /** Reads a page. */
  public static Page read(Path file) {
    try {
      return of(file, Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Page of(Path file, String markdown) {
    Node tree = PARSER.parse(markdown);
    Map<Heading, String> anchors = new LinkedHashMap<>();
    Map<String, Integer> seen = new LinkedHashMap<>();
    for (Heading heading : all(tree, Heading.class)) {
      String slug = slug(text(heading));
      int before = seen.merge(slug, 1, Integer::sum) - 1;
      anchors.put(heading, before == 0 ? slug : slug + "-" + before);
    }
    return new Page(file, tree, anchors);
  }

  /** The first heading's text. */
  public String title() {
    return anchors.keySet().stream().findFirst().map(Page::text).orElse(file.getFileName() + "");
  }

  /** Where links lead to. */
  public List<String> targets() {
    return all(tree, Link.class).stream().map(Link::getDestination).toList();
  }

  /** The blocks of code. */
  public List<Block> blocks() {
    return all(tree, FencedCodeBlock.class).stream()
        .map(b -> new Block(mark(b), b.getInfo() == null ? "" : b.getInfo(), b.getLiteral()))
        .toList();
  }

  /** The pieces of code within lines. */
  public List<String> code() {
    return all(tree, Code.class).stream().map(Code::getLiteral).toList();
  }

  /** Names that can follow {@code #} in a link to it. */
  public Set<String> names() {
    return Set.copyOf(anchors.values());
  }

  private static String mark(Node block) {
    if (!(block.getPrevious() instanceof HtmlBlock html)) {
      return "";
    }
    String last = html.getLiteral().strip().lines().reduce("", (a, b) -> b).strip();
    return last.startsWith("<!--") && last.endsWith("-->")
        ? last.substring(4, last.length() - 3).strip()
        : "";
  }

  /** As GitHub makes them: lower case, without signs, a hyphen for each blank. */
  static String slug(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-');
  }

  static String text(Node node) {
    StringBuilder text = new StringBuilder();
    node.accept(
        new AbstractVisitor() {
          @Override
          public void visit(Text part) {
            text.append(part.getLiteral());
          }

          @Override
          public void visit(Code part) {
            text.append(part.getLiteral());
          }

          @Override
          public void visit(SoftLineBreak part) {
            text.append(' ');
          }
        });
    return text.toString();
  }

  /** All nodes of a type, in their order. */
  static <T extends Node> List<T> all(Node root, Class<T> type) {
    List<T> found = new ArrayList<>();
    collect(root, type, found);
    return found;
  }

  private static <T extends Node> void collect(Node node, Class<T> type, List<T> found) {
    if (type.isInstance(node)) {
      found.add(type.cast(node));
    }
    for (Node child = node.getFirstChild(); child != null; child = child.getNext()) {
      collect(child, type, found);
    }
  }
}
