package dev.orthant.eval.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Several variants of a part, one of which is shown. */
final class Choice implements Block {

  private final String label;
  private final Map<String, List<Block>> options = new LinkedHashMap<>();

  /**
   * @param label what is chosen, such as "task"
   */
  Choice(String label) {
    this.label = label;
  }

  Choice option(String name, Block... blocks) {
    options.put(name, List.of(blocks));
    return this;
  }

  boolean isEmpty() {
    return options.isEmpty();
  }

  @Override
  public ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("type", "choice");
    node.put("label", label);
    ArrayNode all = node.putArray("options");
    options.forEach(
        (name, blocks) -> {
          ArrayNode parts = all.addObject().put("name", name).putArray("blocks");
          blocks.forEach(block -> parts.add(block.json()));
        });
    return node;
  }
}
