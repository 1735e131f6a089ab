package dev.orthant.eval.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLStreamException;
import org.junit.jupiter.api.Test;

final class LanguageToolRulesTest {

  @Test
  void putsTheFirstSuggestionInPlaceOfTheMarker() throws XMLStreamException {
    List<RuleExample> examples =
        read("<example correction='the|her'>He said <marker>he</marker> company.</example>");

    assertThat(examples)
        .containsExactly(
            new RuleExample("KIND", "GROUP", "He said he company.", true, "He said the company."));
  }

  @Test
  void anExampleWithoutCorrectionIsRight() throws XMLStreamException {
    List<RuleExample> examples = read("<example>Go <marker>south</marker>\n  now.</example>");

    assertThat(examples)
        .containsExactly(new RuleExample("KIND", "GROUP", "Go south now.", false, null));
  }

  @Test
  void anEmptyCorrectionIsAMistakeWithoutARemedy() throws XMLStreamException {
    List<RuleExample> examples =
        read("<example correction=''>Please <marker>do not</marker> the cat.</example>");

    assertThat(examples)
        .containsExactly(new RuleExample("KIND", "GROUP", "Please do not the cat.", true, null));
  }

  @Test
  void leavesOutExamplesThatOnlyDocumentAMatch() throws XMLStreamException {
    List<RuleExample> examples =
        read("<example type='triggers_error'>Some sentence.</example><example>Good.</example>");

    assertThat(examples).extracting(RuleExample::text).containsExactly("Good.");
  }

  @Test
  void expandsEntitiesAndKeepsOtherElementsText() throws XMLStreamException {
    List<RuleExample> examples = read("<example>A &amp; B &word; <em>C</em></example>");

    assertThat(examples).extracting(RuleExample::text).containsExactly("A & B entity C");
  }

  @Test
  void ignoresExternalEntities() throws XMLStreamException {
    List<RuleExample> examples = read("<example>A &outside; B</example>");

    assertThat(examples).extracting(RuleExample::text).containsExactly("A B");
  }

  private static List<RuleExample> read(String body) throws XMLStreamException {
    String xml =
        "<!DOCTYPE rules [<!ENTITY word \"entity\">"
            + "<!ENTITY outside SYSTEM \"file:///etc/hostname\">]>"
            + "<rules><category id='KIND'><rulegroup id='GROUP'><rule>"
            + body
            + "</rule></rulegroup></category></rules>";
    List<RuleExample> examples = new ArrayList<>();
    LanguageToolRules.read(
        new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)), examples);
    return examples;
  }
}
