package dev.orthant.core.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.spi.MergerTraits.Space;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A merger to run.
 *
 * @param name the user's name for it; it becomes part of folder names
 * @param type the name of the merger in the catalog
 * @param grid keys of its configuration, or {@code space}, to the values that are tried on
 *     validation rows
 * @param curve whether a suite reports every combination of the grid on test rows, and not only the
 *     one that validation rows choose
 * @param space the basis that the rule is applied in
 * @param before what is done to every input's deltas before the merge, in order
 * @param after what is done to the merged deltas, in order
 * @param settings its own configuration
 */
public record MergerSpec(
    String name,
    String type,
    @Default("{}") Map<String, List<JsonNode>> grid,
    @Default("false") boolean curve,
    @Default("full") Space space,
    @Default("[]") List<TransformSpec> before,
    @Default("[]") List<TransformSpec> after,
    @Remaining ObjectNode settings)
    implements ComponentSpec {

  private static final String SPACE = "space";

  /** Refuses illegal names, keys without values, and keys that are set as well. */
  public MergerSpec {
    SpecNames.check(name);
    before = List.copyOf(before);
    after = List.copyOf(after);
    grid.getOrDefault(SPACE, List.of()).forEach(MergerSpec::space);
    for (Map.Entry<String, List<JsonNode>> entry : grid.entrySet()) {
      if (entry.getValue().isEmpty()) {
        throw new IllegalArgumentException(
            "grid must have values to try for '%s', has none".formatted(entry.getKey()));
      }
      if (settings.has(entry.getKey()) || (entry.getKey().equals(SPACE) && space != Space.FULL)) {
        throw new IllegalArgumentException(
            "grid must not have '%s', which is set beside it".formatted(entry.getKey()));
      }
    }
  }

  /** A merger in the space of the weights, without a curve or transforms. */
  public MergerSpec(
      String name, String type, Map<String, List<JsonNode>> grid, ObjectNode settings) {
    this(name, type, grid, false, Space.FULL, List.of(), List.of(), settings);
  }

  /**
   * The settings to try, one for each combination of the grid's values, the last key's values
   * changing fastest; the settings alone without a grid.
   */
  public List<MergerSpec> candidates() {
    List<MergerSpec> combinations =
        List.of(new MergerSpec(name, type, Map.of(), false, space, before, after, settings));
    for (Map.Entry<String, List<JsonNode>> entry : grid.entrySet()) {
      List<MergerSpec> longer = new ArrayList<>();
      for (MergerSpec combination : combinations) {
        entry.getValue().forEach(value -> longer.add(combination.with(entry.getKey(), value)));
      }
      combinations = longer;
    }
    return combinations;
  }

  /** The same with a value for a key of its configuration, or for {@code space}. */
  public MergerSpec with(String key, JsonNode value) {
    boolean isSpace = key.equals(SPACE);
    ObjectNode with = isSpace ? settings : settings.deepCopy().set(key, value);
    return new MergerSpec(
        name, type, grid, curve, isSpace ? space(value) : space, before, after, with);
  }

  /** What it has for a key of the grid, in words. */
  public String value(String key) {
    return key.equals(SPACE) ? KeyNames.word(space) : settings.path(key).asText();
  }

  private static Space space(JsonNode value) {
    for (Space space : Space.values()) {
      if (KeyNames.word(space).equals(value.asText())) {
        return space;
      }
    }
    throw new IllegalArgumentException(
        "grid must have spaces %s, was '%s'"
            .formatted(
                String.join(", ", Arrays.stream(Space.values()).map(KeyNames::word).toList()),
                value.asText()));
  }

  /** The same with one value of the grid for one key. */
  MergerSpec withOnly(String key, JsonNode value) {
    return new MergerSpec(
        name, type, Map.of(key, List.of(value)), false, space, before, after, settings);
  }
}
