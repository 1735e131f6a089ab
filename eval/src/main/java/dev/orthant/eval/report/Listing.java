package dev.orthant.eval.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Text as it is in a file.
 *
 * @param title of what file
 * @param text its lines
 */
record Listing(String title, String text) implements Block {

  @Override
  public ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("type", "listing");
    node.put("title", title);
    node.put("text", text);
    return node;
  }
}
