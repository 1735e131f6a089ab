package dev.orthant.eval.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All that can be tried: a value for each of some keys.
 *
 * @param dimensions with different keys; at least one
 */
public record SearchSpace(List<Dimension> dimensions) {

  /** Copies the list, and refuses an empty one and keys that are there twice. */
  public SearchSpace {
    dimensions = List.copyOf(dimensions);
    if (dimensions.isEmpty()) {
      throw new IllegalArgumentException("there is nothing to search: no key has values to try");
    }
    Set<String> keys = new LinkedHashSet<>();
    for (Dimension dimension : dimensions) {
      if (!keys.add(dimension.key())) {
        throw new IllegalArgumentException("'%s' is there twice".formatted(dimension.key()));
      }
    }
  }

  /** How many coordinates a point has. */
  int coordinates() {
    return dimensions.stream().mapToInt(Dimension::coordinates).sum();
  }

  /**
   * The values at a point, by key.
   *
   * @param point [coordinates], in the unit cube; moved to where these values are
   */
  Map<String, JsonNode> snap(double[] point) {
    Map<String, JsonNode> values = new LinkedHashMap<>();
    int at = 0;
    for (Dimension dimension : dimensions) {
      values.put(dimension.key(), dimension.value(point, at));
      dimension.snap(point, at);
      at += dimension.coordinates();
    }
    return values;
  }

  /**
   * Every combination of values, the last key's changing fastest; of ranges so many values, evenly,
   * that there are at most so many combinations, but never less than two.
   */
  List<Map<String, JsonNode>> grid(int most) {
    int points = 2;
    while (points < most && combinations(points + 1) <= most && hasRange()) {
      points++;
    }
    List<Map<String, JsonNode>> all = List.of(Map.of());
    for (Dimension dimension : dimensions) {
      List<Map<String, JsonNode>> longer = new ArrayList<>();
      for (Map<String, JsonNode> combination : all) {
        for (JsonNode value : dimension.grid(points)) {
          Map<String, JsonNode> with = new LinkedHashMap<>(combination);
          with.put(dimension.key(), value);
          longer.add(with);
        }
      }
      all = longer;
    }
    return all;
  }

  private boolean hasRange() {
    return dimensions.stream().anyMatch(Dimension.Range.class::isInstance);
  }

  private long combinations(int points) {
    long count = 1;
    for (Dimension dimension : dimensions) {
      count *= dimension instanceof Dimension.Choice choice ? choice.values().size() : points;
    }
    return count;
  }
}
