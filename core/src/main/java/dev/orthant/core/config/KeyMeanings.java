package dev.orthant.core.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the components of a record mean: the {@code @param} tags of its Javadoc.
 *
 * <p>Javadoc is not in class files, so the build puts the sources of configurations into their jar,
 * as {@code META-INF/orthant/sources/org/example/MyConfig.java}. What has no source there has no
 * meanings.
 */
final class KeyMeanings {

  private static final String SOURCES = "META-INF/orthant/sources/";
  private static final Pattern PARAM =
      Pattern.compile("@param\\s+(\\w+)\\s+(.*?)(?=\\n\\s*@|\\z)", Pattern.DOTALL);
  private static final Pattern CODE = Pattern.compile("\\{@(?:code|literal)\\s+([^{}]*)\\}");
  private static final Pattern LABELLED =
      Pattern.compile("\\{@link(?:plain)?\\s+[^\\s}]+\\s+([^}]*)\\}");
  private static final Pattern LINK =
      Pattern.compile("\\{@link(?:plain)?\\s+(?:[\\w.]*[.#])?(\\w+)[^}]*\\}");
  private static final Pattern TAG = Pattern.compile("</?[a-z]+>");

  private KeyMeanings() {}

  /** Meanings by the names of the components, on one line each. */
  static Map<String, String> of(Class<?> record) {
    String source = source(outermost(record));
    Matcher declaration =
        Pattern.compile("\\brecord\\s+" + record.getSimpleName() + "\\s*[(<]").matcher(source);
    return declaration.find() ? params(commentBefore(source, declaration.start())) : Map.of();
  }

  private static Class<?> outermost(Class<?> type) {
    Class<?> outer = type;
    while (outer.getEnclosingClass() != null) {
      outer = outer.getEnclosingClass();
    }
    return outer;
  }

  private static String source(Class<?> type) {
    String path = SOURCES + type.getName().replace('.', '/') + ".java";
    ClassLoader loader = type.getClassLoader();
    try (InputStream in =
        loader == null
            ? ClassLoader.getSystemResourceAsStream(path)
            : loader.getResourceAsStream(path)) {
      return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(path, e);
    }
  }

  /** The Javadoc that is nearest above a place, without its stars. */
  private static String commentBefore(String source, int place) {
    int start = source.lastIndexOf("/**", place);
    int end = start < 0 ? -1 : source.indexOf("*/", start);
    if (end < 0 || end > place || source.substring(end + 2, place).contains(";")) {
      return "";
    }
    return source
        .substring(start + 3, end)
        .lines()
        .map(line -> line.replaceFirst("^\\s*\\*? ?", ""))
        .collect(Collectors.joining("\n"));
  }

  private static Map<String, String> params(String comment) {
    Map<String, String> meanings = new LinkedHashMap<>();
    Matcher param = PARAM.matcher(comment);
    while (param.find()) {
      meanings.put(param.group(1), plain(param.group(2)));
    }
    return meanings;
  }

  private static String plain(String javadoc) {
    String text = javadoc.replaceAll("\\s+", " ").strip();
    text = CODE.matcher(text).replaceAll(m -> Matcher.quoteReplacement(m.group(1)));
    text = LABELLED.matcher(text).replaceAll(m -> Matcher.quoteReplacement(m.group(1)));
    text = LINK.matcher(text).replaceAll(m -> Matcher.quoteReplacement(m.group(1)));
    return TAG.matcher(text)
        .replaceAll("")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
  }
}
