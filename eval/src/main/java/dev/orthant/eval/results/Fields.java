package dev.orthant.eval.results;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A JSON value that says where it is when something is wrong with it.
 *
 * @param path such as {@code merges[2].tasks}
 */
record Fields(JsonNode node, String path) {

  static Fields of(JsonNode node, String path) {
    return new Fields(node, path);
  }

  Fields object(String name) {
    Fields field = field(name);
    if (!field.node.isObject()) {
      throw field.expected("an object");
    }
    return field;
  }

  <T> List<T> list(String name, Function<Fields, T> element) {
    return field(name).elements(element);
  }

  <T> List<T> elements(Function<Fields, T> element) {
    if (!node.isArray()) {
      throw expected("a list");
    }
    List<T> values = new ArrayList<>(node.size());
    for (int i = 0; i < node.size(); i++) {
      values.add(element.apply(of(node.get(i), path + "[" + i + "]")));
    }
    return values;
  }

  List<String> names() {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  String text(String name) {
    return field(name).text();
  }

  String text() {
    if (!node.isTextual()) {
      throw expected("text");
    }
    return node.textValue();
  }

  long whole(String name) {
    Fields field = field(name);
    if (!field.node.isIntegralNumber() || !field.node.canConvertToLong()) {
      throw field.expected("a whole number");
    }
    return field.node.longValue();
  }

  double number(String name) {
    return field(name).number();
  }

  /** A number, or NaN for null. */
  double number() {
    if (!node.isNumber() && !node.isNull()) {
      throw expected("a number or null");
    }
    return node.isNull() ? Double.NaN : node.doubleValue();
  }

  private Fields field(String name) {
    JsonNode value = node.get(name);
    String at = path.isEmpty() ? name : path + "." + name;
    if (value == null) {
      throw new IllegalArgumentException(at + " is missing");
    }
    return of(value, at);
  }

  private IllegalArgumentException expected(String what) {
    return new IllegalArgumentException("%s must be %s, was %s".formatted(path, what, node));
  }
}
