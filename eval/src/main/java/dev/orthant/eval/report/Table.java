package dev.orthant.eval.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.eval.metrics.Interval;
import java.util.ArrayList;
import java.util.List;

/** A table that can be sorted by each of its columns; the first names the row. */
final class Table implements Block {

  private final String caption;
  private final List<String> names = new ArrayList<>();
  private final List<Format> formats = new ArrayList<>();
  private final List<List<JsonNode>> rows = new ArrayList<>();

  Table(String caption) {
    this.caption = caption;
  }

  Table column(String name, Format format) {
    names.add(name);
    formats.add(format);
    return this;
  }

  /** Begins a row, which ends with the next. */
  Table row() {
    rows.add(new ArrayList<>());
    return this;
  }

  Table cell(String text) {
    return cell(Values.of(text));
  }

  Table cell(double value) {
    return cell(Values.of(value));
  }

  Table cell(Interval value) {
    return cell(Values.of(value));
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  @Override
  public ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("type", "table");
    node.put("caption", caption);
    ArrayNode columns = node.putArray("columns");
    for (int i = 0; i < names.size(); i++) {
      columns.addObject().put("name", names.get(i)).put("format", formats.get(i).id());
    }
    ArrayNode all = node.putArray("rows");
    for (List<JsonNode> row : rows) {
      if (row.size() != names.size()) {
        throw new IllegalStateException(
            "%s: a row has %d cells, the header %d".formatted(caption, row.size(), names.size()));
      }
      all.addArray().addAll(row);
    }
    return node;
  }

  private Table cell(JsonNode value) {
    rows.get(rows.size() - 1).add(value);
    return this;
  }
}
