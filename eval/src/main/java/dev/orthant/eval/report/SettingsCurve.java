package dev.orthant.eval.report;

import dev.orthant.eval.metrics.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Scores of every combination of a merger's settings. With one numeric setting it is a line over
 * its values, with two a line for each value of the second; others are points over names.
 */
final class SettingsCurve {

  private final String title;
  private final Map<String, Map<String, Interval>> byAdapter = new LinkedHashMap<>();

  SettingsCurve(String title) {
    this.title = title;
  }

  /**
   * @param settings such as {@code lambda=0.3 density=0.2}
   */
  void add(String adapter, String settings, Interval score) {
    byAdapter.computeIfAbsent(adapter, unused -> new LinkedHashMap<>()).put(settings, score);
  }

  boolean isEmpty() {
    return byAdapter.isEmpty();
  }

  Lines lines() {
    List<String> all = new ArrayList<>();
    byAdapter.values().forEach(scores -> scores.keySet().forEach(s -> addOnce(all, s)));
    boolean numeric = all.stream().allMatch(SettingsCurve::isNumeric);
    return numeric ? overNumbers(all.get(0)) : overNames(all);
  }

  private Lines overNumbers(String example) {
    String key = example.substring(0, example.indexOf('='));
    Lines lines = new Lines(title, key, "mean score", Format.PERCENT);
    byAdapter.forEach(
        (adapter, scores) -> {
          Map<String, Map<Double, Interval>> byName = new LinkedHashMap<>();
          scores.forEach(
              (settings, score) -> {
                String[] parts = settings.split(" ", 2);
                String name = parts.length == 1 ? adapter : adapter + ", " + parts[1];
                byName
                    .computeIfAbsent(name, unused -> new TreeMap<>())
                    .put(Double.valueOf(parts[0].substring(key.length() + 1)), score);
              });
          byName.forEach((name, points) -> points.forEach((x, y) -> lines.point(name, x, y)));
        });
    return lines;
  }

  private Lines overNames(List<String> all) {
    Lines lines = new Lines(title, "settings", all, "mean score", Format.PERCENT);
    byAdapter.forEach(
        (adapter, scores) ->
            scores.forEach(
                (settings, score) -> lines.point(adapter, all.indexOf(settings), score)));
    return lines;
  }

  private static boolean isNumeric(String settings) {
    return settings.matches("[a-z_]+=-?[0-9.]+([eE]-?[0-9]+)?( [a-z_]+=\\S+)?");
  }

  private static void addOnce(List<String> all, String settings) {
    if (!all.contains(settings)) {
      all.add(settings);
    }
  }
}
