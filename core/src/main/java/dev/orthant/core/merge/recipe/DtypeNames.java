package dev.orthant.core.merge.recipe;

import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.plugin.NearestName;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Element types as PyTorch calls them. */
final class DtypeNames {

  private static final Map<String, Dtype> NAMES =
      new TreeMap<>(
          Map.of(
              "float32", Dtype.F32,
              "float16", Dtype.F16,
              "bfloat16", Dtype.BF16,
              "float64", Dtype.F64));

  private DtypeNames() {}

  static Optional<Dtype> of(String name) {
    return Optional.ofNullable(NAMES.get(name));
  }

  static String refusal(String name) {
    return "must be one of %s, was '%s'%s"
        .formatted(String.join(", ", NAMES.keySet()), name, NearestName.hint(name, NAMES.keySet()));
  }

  static String name(Dtype dtype) {
    return NAMES.entrySet().stream()
        .filter(entry -> entry.getValue() == dtype)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(dtype.name());
  }
}
