package dev.orthant.core.merge.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import dev.orthant.core.config.Problem;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * A parameter as mergekit's files have it: one value, a gradient over the layers, or values with
 * filters of which the first that matches counts.
 *
 * <p>A list of numbers is interpolated linearly, {@code t} from 0 at the first layer to 1 at the
 * last; in a list of words the one at {@code floor(t (n - 1))} counts. A filter is a part of the
 * tensor's name; no filter, or {@code *}, matches all.
 */
record ParameterValue(JsonNode node) {

  private static final String FILTER = "filter";
  private static final String VALUE = "value";

  /** The value at a tensor, if one is given for it. */
  Optional<JsonNode> at(String tensor, double t) {
    return at(node, tensor, t);
  }

  private static Optional<JsonNode> at(JsonNode node, String tensor, double t) {
    if (node.isNull()) {
      return Optional.empty();
    }
    if (node.isObject()) {
      return matches(node, tensor) ? at(node.get(VALUE), tensor, t) : Optional.empty();
    }
    if (!node.isArray()) {
      return Optional.of(node);
    }
    if (isConditional(node)) {
      for (JsonNode condition : node) {
        if (matches(condition, tensor)) {
          return at(condition.get(VALUE), tensor, t);
        }
      }
      return Optional.empty();
    }
    double place = t * (node.size() - 1);
    int below = (int) place;
    if (!elements(node).stream().allMatch(JsonNode::isNumber)) {
      return Optional.of(node.get(below));
    }
    int above = Math.min(node.size() - 1, below + 1);
    double share = place - below;
    return Optional.of(
        DoubleNode.valueOf(
            (1 - share) * node.get(below).doubleValue() + share * node.get(above).doubleValue()));
  }

  private static boolean matches(JsonNode condition, String tensor) {
    JsonNode filter = condition.path(FILTER);
    return filter.isMissingNode()
        || filter.isNull()
        || filter.asText().equals("*")
        || tensor.contains(filter.asText());
  }

  private static boolean isConditional(JsonNode list) {
    return elements(list).stream().anyMatch(JsonNode::isObject);
  }

  private static List<JsonNode> elements(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).toList();
  }

  /** Adds what is wrong with the form of it. */
  void check(String path, List<Problem> problems) {
    check(node, path, problems, true);
  }

  private static void check(
      JsonNode node, String path, List<Problem> problems, boolean mayHaveFilters) {
    if (node.isObject() && mayHaveFilters) {
      for (var entry : node.properties()) {
        if (!entry.getKey().equals(FILTER) && !entry.getKey().equals(VALUE)) {
          problems.add(
              new Problem(path + "." + entry.getKey(), "unknown key, known are filter, value"));
        }
      }
      if (!node.has(VALUE)) {
        problems.add(new Problem(path + ".value", "is required"));
      } else {
        check(node.get(VALUE), path + ".value", problems, false);
      }
      if (node.has(FILTER) && !node.get(FILTER).isTextual() && !node.get(FILTER).isNull()) {
        problems.add(new Problem(path + ".filter", "must be a part of a tensor's name"));
      }
    } else if (node.isArray()) {
      checkList(node, path, problems, mayHaveFilters);
    } else if (!node.isValueNode()) {
      problems.add(new Problem(path, "must be a value or a list of values"));
    }
  }

  private static void checkList(
      JsonNode list, String path, List<Problem> problems, boolean mayHaveFilters) {
    if (list.isEmpty()) {
      problems.add(new Problem(path, "must not be empty"));
    }
    boolean conditional = mayHaveFilters && isConditional(list);
    for (int i = 0; i < list.size(); i++) {
      String at = path + "[" + i + "]";
      if (conditional && !list.get(i).isObject()) {
        problems.add(new Problem(at, "must have a value, as others of the list have"));
      } else if (conditional) {
        check(list.get(i), at, problems, true);
      } else if (!list.get(i).isValueNode() || list.get(i).isNull()) {
        problems.add(new Problem(at, "must be a value"));
      }
    }
  }
}
