package dev.orthant.eval.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.eval.metrics.Interval;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Horizontal bars with intervals: for each category one of every series. */
final class Bars implements Block {

  private final String title;
  private final String category;
  private final Format format;
  private final List<String> categories;
  private final Map<String, ArrayNode> series = new LinkedHashMap<>();

  /**
   * @param category what a category is, such as "task"
   */
  Bars(String title, String category, List<String> categories, Format format) {
    this.title = title;
    this.category = category;
    this.categories = List.copyOf(categories);
    this.format = format;
  }

  /**
   * @param values one a category
   */
  Bars series(String name, List<Interval> values) {
    if (values.size() != categories.size()) {
      throw new IllegalStateException(
          "%s: %d values of %s for %d categories"
              .formatted(title, values.size(), name, categories.size()));
    }
    ArrayNode all = Values.array();
    values.forEach(value -> all.add(Values.of(value)));
    series.put(name, all);
    return this;
  }

  @Override
  public ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("type", "bars");
    node.put("title", title);
    node.put("category", category);
    node.put("format", format.id());
    categories.forEach(node.putArray("categories")::add);
    ArrayNode all = node.putArray("series");
    series.forEach((name, values) -> all.addObject().put("name", name).set("values", values));
    return node;
  }
}
