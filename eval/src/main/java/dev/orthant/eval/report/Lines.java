package dev.orthant.eval.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.eval.metrics.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lines through points, which may have intervals. */
final class Lines implements Block {

  private final String title;
  private final String x;
  private final String y;
  private final Format format;
  private final List<String> categories;
  private final Map<String, ArrayNode> series = new LinkedHashMap<>();

  /** Over numbers. */
  Lines(String title, String x, String y, Format format) {
    this(title, x, List.of(), y, format);
  }

  /**
   * Over names.
   *
   * @param categories the names, which points give by their index
   */
  Lines(String title, String x, List<String> categories, String y, Format format) {
    this.title = title;
    this.x = x;
    this.categories = List.copyOf(categories);
    this.y = y;
    this.format = format;
  }

  Lines point(String name, double at, Interval value) {
    JsonNode number = Values.of(value);
    ArrayNode point = Values.array().add(Values.of(at));
    if (number.isArray()) {
      number.forEach(point::add);
    } else {
      point.add(number);
    }
    series.computeIfAbsent(name, unused -> Values.array()).add(point);
    return this;
  }

  Lines point(String name, double at, double value) {
    return point(name, at, new Interval(value, Double.NaN));
  }

  boolean isEmpty() {
    return series.isEmpty();
  }

  /** Keeps at most so many points of each line, the last always, the others evenly spread. */
  Lines thinned(int most) {
    series.replaceAll((name, points) -> thinned(points, most));
    return this;
  }

  private static ArrayNode thinned(ArrayNode points, int most) {
    if (points.size() <= most) {
      return points;
    }
    List<JsonNode> kept = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      kept.add(points.get((int) ((long) i * (points.size() - 1) / (most - 1))));
    }
    return Values.array().addAll(kept);
  }

  @Override
  public ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("type", "lines");
    node.put("title", title);
    node.put("x", x);
    node.put("y", y);
    node.put("format", format.id());
    if (!categories.isEmpty()) {
      categories.forEach(node.putArray("categories")::add);
    }
    ArrayNode all = node.putArray("series");
    series.forEach((name, points) -> all.addObject().put("name", name).set("points", points));
    return node;
  }
}
