package dev.orthant.eval.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * A section of the page.
 *
 * @param title its heading
 * @param note what its figures mean
 * @param blocks its parts
 */
record Section(String title, String note, List<Block> blocks) {

  Section {
    blocks = List.copyOf(blocks);
  }

  ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("title", title);
    node.put("note", note);
    ArrayNode parts = node.putArray("blocks");
    blocks.forEach(block -> parts.add(block.json()));
    return node;
  }
}
