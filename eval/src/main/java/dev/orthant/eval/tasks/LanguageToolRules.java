package dev.orthant.eval.tasks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/*
 * The files declare a thousand internal entities, some of them in patterns, and use them more often
 * than newer JDKs allow by default, so the limits are lifted: what is read is a published package,
 * and external entities stay closed.
 */
/** Reads the example sentences of LanguageTool's English rules. */
final class LanguageToolRules {

  static final String ARTIFACT = "org.languagetool:language-en:6.4";
  private static final List<String> FILES =
      List.of("org/languagetool/rules/en/grammar.xml", "org/languagetool/rules/en/style.xml");
  private static final List<String> UNLIMITED =
      List.of("entityExpansionLimit", "totalEntitySizeLimit", "maxGeneralEntitySizeLimit");

  private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");

  private LanguageToolRules() {}

  /** The sentences of both files, in their order, without those that only document a match. */
  static List<RuleExample> read(ClassLoader loader) {
    PackageResources resources = new PackageResources(loader, ARTIFACT);
    List<RuleExample> examples = new ArrayList<>();
    for (String file : FILES) {
      try (InputStream in = resources.open(file)) {
        read(in, examples);
      } catch (XMLStreamException e) {
        throw new IllegalArgumentException(
            file + " of " + ARTIFACT + " is not well-formed: " + e.getMessage(), e);
      } catch (IOException e) {
        throw new UncheckedIOException(file, e);
      }
    }
    return examples;
  }

  static void read(InputStream in, List<RuleExample> examples) throws XMLStreamException {
    XMLStreamReader xml = factory().createXMLStreamReader(in);
    String category = "";
    String group = null;
    String rule = "";
    while (xml.hasNext()) {
      int event = xml.next();
      if (event == XMLStreamConstants.START_ELEMENT) {
        switch (xml.getLocalName()) {
          case "category" -> {
            String id = xml.getAttributeValue(null, "id");
            category = id == null ? "" : id;
          }
          case "rulegroup" -> group = xml.getAttributeValue(null, "id");
          case "rule" -> rule = group != null ? group : xml.getAttributeValue(null, "id");
          case "example" -> {
            boolean documentsMatch = xml.getAttributeValue(null, "type") != null;
            RuleExample example = example(xml, category, rule);
            if (!documentsMatch) {
              examples.add(example);
            }
          }
          default -> {}
        }
      } else if (event == XMLStreamConstants.END_ELEMENT
          && xml.getLocalName().equals("rulegroup")) {
        group = null;
      }
    }
    xml.close();
  }

  private static RuleExample example(XMLStreamReader xml, String category, String rule)
      throws XMLStreamException {
    String correction = xml.getAttributeValue(null, "correction");
    StringBuilder text = new StringBuilder();
    int from = -1;
    int to = -1;
    for (int depth = 1; depth > 0; ) {
      switch (xml.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          depth++;
          from = xml.getLocalName().equals("marker") ? text.length() : from;
        }
        case XMLStreamConstants.END_ELEMENT -> {
          depth--;
          to = xml.getLocalName().equals("marker") ? text.length() : to;
        }
        case XMLStreamConstants.CHARACTERS,
            XMLStreamConstants.CDATA,
            XMLStreamConstants.SPACE,
            XMLStreamConstants.ENTITY_REFERENCE ->
            text.append(xml.getText());
        default -> {}
      }
    }
    return new RuleExample(
        category,
        rule,
        collapsed(text.toString()),
        correction != null,
        corrected(text, from, to, correction));
  }

  /** The sentence with the first suggestion in place of what is marked. */
  private static @Nullable String corrected(
      StringBuilder text, int from, int to, @Nullable String correction) {
    if (correction == null || correction.isBlank() || from < 0 || to < from) {
      return null;
    }
    int bar = correction.indexOf('|');
    String first = bar < 0 ? correction : correction.substring(0, bar);
    return first.isBlank() ? null : collapsed(text.substring(0, from) + first + text.substring(to));
  }

  private static String collapsed(String text) {
    return WHITE_SPACE.matcher(text.strip()).replaceAll(" ");
  }

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    for (String limit : UNLIMITED) {
      factory.setProperty("http://www.oracle.com/xml/jaxp/properties/" + limit, "0");
    }
    return factory;
  }
}
