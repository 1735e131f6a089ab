package dev.orthant.eval.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/** The page's frame: style, script, chart library and data in one file. */
final class Page {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LIBRARY = "/META-INF/resources/webjars/echarts/%s/echarts.min.js";
  private static final String LIBRARY_VERSION =
      "/META-INF/maven/org.webjars/echarts/pom.properties";

  /**
   * The page.
   *
   * @param data with a title, facts and sections
   */
  String html(ObjectNode data) {
    String version = libraryVersion();
    // the data last: what is replaced before cannot be found in it
    return resource("report.html")
        .replace("${style}", resource("report.css"))
        .replace("${script}", resource("report.js"))
        .replace("${library.version}", version)
        .replace("${library}", resource(LIBRARY.formatted(version)))
        .replace("${title}", escaped(data.path("title").asText()))
        .replace("${data}", embedded(data));
  }

  /** JSON that cannot end the element that it stands in. */
  private static String embedded(ObjectNode data) {
    try {
      return JSON.writeValueAsString(data)
          .replace("<", "\\u003c")
          .replace("\u2028", "\\u2028")
          .replace("\u2029", "\\u2029");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON nodes can be written", e);
    }
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("$", "&#36;");
  }

  private static String libraryVersion() {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(resource(LIBRARY_VERSION)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }

  private static String resource(String name) {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
