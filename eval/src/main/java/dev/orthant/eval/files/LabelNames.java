package dev.orthant.eval.files;

import dev.orthant.core.plugin.NearestName;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** From what a label column says to an index of a class, or to a number. */
record LabelNames(List<String> names, boolean regression) {

  /** The different values, sorted; as numbers if all are whole numbers. */
  static List<String> inferred(Collection<String> values) {
    TreeSet<String> sorted = new TreeSet<>(values);
    boolean whole = sorted.stream().allMatch(v -> v.matches("-?\\d{1,9}"));
    return whole
        ? sorted.stream().sorted(Comparator.comparingInt(Integer::parseInt)).toList()
        : List.copyOf(sorted);
  }

  /** The index of the class of this name, or of this index if no name is like it; or the number. */
  float label(String place, String column, String value) {
    return regression ? number(place, column, value) : index(place, column, value);
  }

  private float index(String place, String column, String value) {
    int index = names.indexOf(value);
    if (index >= 0) {
      return index;
    }
    if (value.matches("\\d{1,9}") && Integer.parseInt(value) < names.size()) {
      return Integer.parseInt(value);
    }
    throw new BadRowException(
        place,
        "'%s' is '%s', expected one of %s%s"
            .formatted(column, value, names, NearestName.hint(value, names)));
  }

  private static float number(String place, String column, String value) {
    try {
      float number = Float.parseFloat(value);
      if (Float.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below, as for infinities
    }
    throw new BadRowException(
        place, "'%s' must be a finite number, was '%s'".formatted(column, value));
  }
}
