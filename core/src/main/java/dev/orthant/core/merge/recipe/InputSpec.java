package dev.orthant.core.merge.recipe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.config.Default;
import dev.orthant.core.config.Remaining;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An input of a merge.
 *
 * @param path its folder
 * @param name what messages call it and random numbers depend on; its path unless said otherwise
 * @param weight its weight
 * @param statistics of its own features, for rules that need them; by default {@code
 *     statistics.safetensors} in its folder
 * @param fisher the diagonal Fisher information of its weights, for rules that need it; by default
 *     the file in its folder that {@code orthant statistics} writes
 * @param settings keys of the merger's configuration that are different for this input
 */
public record InputSpec(
    String path,
    @Nullable String name,
    @Default("1") double weight,
    @Nullable Path statistics,
    @Nullable Path fisher,
    @Remaining ObjectNode settings) {

  /** Refuses blank paths and weights that are not finite. */
  public InputSpec {
    if (path.isBlank()) {
      throw new IllegalArgumentException("path must be a folder, was blank");
    }
    if (!Double.isFinite(weight)) {
      throw new IllegalArgumentException("weight must be finite, was " + weight);
    }
  }

  /** Its name, or its path if it has none. */
  public String label() {
    return name == null ? path : name;
  }

  static void checkUnique(List<InputSpec> inputs, List<String> problems) {
    Set<String> seen = new HashSet<>();
    for (InputSpec input : inputs) {
      if (!seen.add(input.label())) {
        problems.add("inputs must have different names, two are '%s'".formatted(input.label()));
      }
    }
  }
}
