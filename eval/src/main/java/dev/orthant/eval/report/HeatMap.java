package dev.orthant.eval.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * A matrix as colours with its numbers.
 *
 * @param rowName what a row is, such as "adapter of"
 * @param columnName what a column is
 * @param values by row, then by column
 */
record HeatMap(
    String title,
    String rowName,
    List<String> rows,
    String columnName,
    List<String> columns,
    List<List<Double>> values,
    Format format)
    implements Block {

  @Override
  public ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("type", "heat");
    node.put("title", title);
    node.put("row", rowName);
    node.put("column", columnName);
    node.put("format", format.id());
    rows.forEach(node.putArray("rows")::add);
    columns.forEach(node.putArray("columns")::add);
    ArrayNode all = node.putArray("values");
    for (List<Double> row : values) {
      ArrayNode cells = all.addArray();
      row.forEach(value -> cells.add(Values.of(value)));
    }
    return node;
  }
}
