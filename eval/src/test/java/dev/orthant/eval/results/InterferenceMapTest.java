package dev.orthant.eval.results;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.eval.interference.Interference;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

final class InterferenceMapTest {

  @Test
  void everyPairHasACellWithItsNumberAndShade() throws Exception {
    Interference effects =
        new Interference(List.of("x", "y"), List.of(List.of(4.0, 1.0), List.of(6.0, 2.0)));

    Document svg = parsed(InterferenceMap.of(List.of(new InterferenceResult("lora", effects))));

    assertThat(texts(svg))
        .containsSubsequence("lora: effect of a row's adapter", "x", "x", "1.00", "0.25")
        .containsSubsequence("y", "y", "3.00", "1.00");
    // the background, then the cells; what is above 1 is as dark as 1
    assertThat(fills(svg)).containsExactly("white", "#8c2819", "#ffc98c", "#8c2819", "#8c2819");
  }

  @Test
  void whatHasNoRelativeEffectSaysSo() throws Exception {
    Interference none =
        new Interference(List.of("x", "y"), List.of(List.of(0.0, 0.0), List.of(0.0, 2.0)));

    Document svg = parsed(InterferenceMap.of(List.of(new InterferenceResult("a", none))));

    assertThat(texts(svg)).contains("n/a");
    assertThat(fills(svg)).containsExactly("white", "#ffffff", "#ffffff", "#ffffff", "#8c2819");
  }

  private static Document parsed(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<String> texts(Document svg) {
    return elements(svg, "text").stream().map(Element::getTextContent).toList();
  }

  private static List<String> fills(Document svg) {
    return elements(svg, "rect").stream().map(rect -> rect.getAttribute("fill")).toList();
  }

  private static List<Element> elements(Document svg, String name) {
    NodeList nodes = svg.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }
}
