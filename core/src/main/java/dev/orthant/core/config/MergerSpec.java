package dev.orthant.core.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A merger to run.
 *
 * @param name the user's name for it; it becomes part of folder names
 * @param type the name of the merger in the catalog
 * @param grid keys of its configuration to the values that are tried on validation rows
 * @param curve whether a suite reports every combination of the grid on test rows, and not only the
 *     one that validation rows choose
 * @param settings its own configuration
 */
public record MergerSpec(
    String name,
    String type,
    @Default("{}") Map<String, List<JsonNode>> grid,
    @Default("false") boolean curve,
    @Remaining ObjectNode settings)
    implements ComponentSpec {

  /** Refuses illegal names, keys without values, and keys that are set as well. */
  public MergerSpec {
    SpecNames.check(name);
    for (Map.Entry<String, List<JsonNode>> entry : grid.entrySet()) {
      if (entry.getValue().isEmpty()) {
        throw new IllegalArgumentException(
            "grid must have values to try for '%s', has none".formatted(entry.getKey()));
      }
      if (settings.has(entry.getKey())) {
        throw new IllegalArgumentException(
            "grid must not have '%s', which is set beside it".formatted(entry.getKey()));
      }
    }
  }

  /** A merger without a curve. */
  public MergerSpec(
      String name, String type, Map<String, List<JsonNode>> grid, ObjectNode settings) {
    this(name, type, grid, false, settings);
  }

  /**
   * The settings to try, one for each combination of the grid's values, the last key's values
   * changing fastest; the settings alone without a grid.
   */
  public List<MergerSpec> candidates() {
    List<ObjectNode> combinations = List.of(settings);
    for (Map.Entry<String, List<JsonNode>> entry : grid.entrySet()) {
      List<ObjectNode> longer = new ArrayList<>();
      for (ObjectNode combination : combinations) {
        for (JsonNode value : entry.getValue()) {
          longer.add(combination.deepCopy().set(entry.getKey(), value));
        }
      }
      combinations = longer;
    }
    return combinations.stream()
        .map(combination -> new MergerSpec(name, type, Map.of(), false, combination))
        .toList();
  }
}
