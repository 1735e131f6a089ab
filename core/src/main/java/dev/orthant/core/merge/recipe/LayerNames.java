package dev.orthant.core.merge.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which tensors belong to which layer, by their names: {@code model.layers.7.mlp.up_proj.weight} is
 * of layer 7. A stack of layers is whatever comes before the first number of a name, if there are
 * as many numbers as the model's configuration has layers; the numbers of other lists, such as
 * those of a head, are not layers.
 *
 * @param counts the stacks with their numbers of layers; {@code model.layers.} to 32
 */
record LayerNames(Map<String, Integer> counts) {

  private static final Pattern NUMBERED = Pattern.compile("((?:[^.]+\\.)*?)(\\d+)(\\..+)");
  private static final List<String> COUNT_KEYS =
      List.of("num_hidden_layers", "n_layer", "num_layers", "n_layers", "num_decoder_layers");

  /** A tensor's stack and the number of its layer. */
  record Place(String stack, int layer, String rest) {

    String name() {
      return stack + layer + rest;
    }
  }

  static LayerNames of(Collection<String> tensors, JsonNode config) {
    Map<String, Set<Integer>> numbers = new LinkedHashMap<>();
    for (String tensor : tensors) {
      Matcher matcher = NUMBERED.matcher(tensor);
      if (matcher.matches() && !matcher.group(1).isEmpty() && matcher.group(2).length() < 6) {
        numbers
            .computeIfAbsent(matcher.group(1), stack -> new TreeSet<>())
            .add(Integer.parseInt(matcher.group(2)));
      }
    }
    Set<Integer> known = new HashSet<>();
    for (String key : COUNT_KEYS) {
      if (config.path(key).isInt()) {
        known.add(config.path(key).intValue());
      }
    }
    Map<String, Integer> counts = new LinkedHashMap<>();
    numbers.forEach(
        (stack, layers) -> {
          boolean expected = known.isEmpty() ? layers.size() > 1 : known.contains(layers.size());
          boolean contiguous = ((TreeSet<Integer>) layers).last() == layers.size() - 1;
          if (expected && contiguous) {
            counts.put(stack, layers.size());
          }
        });
    return new LayerNames(counts);
  }

  /** The keys of a configuration that tell the number of layers. */
  static List<String> countKeys(JsonNode config) {
    return COUNT_KEYS.stream().filter(config::has).toList();
  }

  /** A tensor's place, if it belongs to a layer. */
  Optional<Place> place(String tensor) {
    Matcher matcher = NUMBERED.matcher(tensor);
    return matcher.matches() && counts.containsKey(matcher.group(1))
        ? Optional.of(
            new Place(matcher.group(1), Integer.parseInt(matcher.group(2)), matcher.group(3)))
        : Optional.empty();
  }
}
