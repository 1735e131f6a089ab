package dev.orthant.eval.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.eval.interference.Interference;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The figures of {@code interference.json}: module by module, merge by merge, and angles. */
final class InterferenceSection {

  static final String NOTE =
      "Sizes of what an adapter adds to a task's features, taken from the statistics of the base "
          + "model's features alone. Relative to its effect on its own task's features: 0 is no "
          + "disturbance, 1 as much as on its own.";
  private static final String ANGLES_NOTE =
      "Principal angles between the row spaces of two tasks' A at one module: 0° is a direction in "
          + "common, 90° none. First the mean over modules of the smallest, second smallest, ... "
          + "angle, then the mean angle module by module.";

  private final JsonNode adapters;
  private final List<String> modules;

  /**
   * @param interference the tree of {@code interference.json}
   */
  InterferenceSection(JsonNode interference) {
    this.adapters = interference.path("adapters");
    this.modules = modules();
  }

  /** Effects relative to each adapter's own. */
  static HeatMap map(String title, Interference interference) {
    int n = interference.tasks().size();
    List<List<Double>> values = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      List<Double> row = new ArrayList<>();
      for (int j = 0; j < n; j++) {
        row.add(interference.relative(i, j));
      }
      values.add(row);
    }
    return new HeatMap(
        title,
        "adapter of",
        interference.tasks(),
        "features of",
        interference.tasks(),
        values,
        Format.RATIO);
  }

  /** What merges do to the features, and where in the model adapters meet. */
  List<Block> details() {
    List<Block> blocks = new ArrayList<>();
    Lines byModule =
        new Lines(
            "Mean relative effect on other tasks' features, by module",
            "module",
            modules,
            "relative effect",
            Format.RATIO);
    for (JsonNode adapter : adapters) {
      for (JsonNode module : adapter.path("modules")) {
        byModule.point(
            adapter.path("adapter").asText(),
            modules.indexOf(module.path("module").asText()),
            meanRelative(module.path("effects")));
      }
    }
    if (!byModule.isEmpty() && adapters.path(0).path("tasks").size() > 1) {
      blocks.add(byModule);
    }
    Table merges = merges();
    if (!merges.isEmpty()) {
      blocks.add(merges);
    }
    return blocks;
  }

  /** The angles between tasks' adapters. */
  List<Section> angles() {
    Choice pairs = new Choice("pair of tasks");
    for (String pair : pairs()) {
      Lines ordered = new Lines("Principal angles of " + pair, "angle", "degrees", Format.DEGREES);
      Lines byModule =
          new Lines(
              "Mean principal angle of " + pair + ", by module",
              "module",
              modules,
              "degrees",
              Format.DEGREES);
      for (JsonNode adapter : adapters) {
        addAngles(adapter, pair, ordered, byModule);
      }
      pairs.option(pair, ordered, byModule);
    }
    return pairs.isEmpty()
        ? List.of()
        : List.of(new Section("Principal angles", ANGLES_NOTE, List.of(pairs)));
  }

  private void addAngles(JsonNode adapter, String pair, Lines ordered, Lines byModule) {
    String name = adapter.path("adapter").asText();
    List<Double> sums = new ArrayList<>();
    List<Integer> counts = new ArrayList<>();
    for (JsonNode at : adapter.path("modules")) {
      JsonNode degrees = degrees(at, pair);
      double sum = 0;
      for (int k = 0; k < degrees.size(); k++) {
        if (sums.size() == k) {
          sums.add(0.0);
          counts.add(0);
        }
        sum += degrees.path(k).asDouble();
        sums.set(k, sums.get(k) + degrees.path(k).asDouble());
        counts.set(k, counts.get(k) + 1);
      }
      if (!degrees.isEmpty()) {
        byModule.point(name, modules.indexOf(at.path("module").asText()), sum / degrees.size());
      }
    }
    for (int k = 0; k < sums.size(); k++) {
      ordered.point(name, k + 1, sums.get(k) / counts.get(k));
    }
  }

  private static JsonNode degrees(JsonNode module, String pair) {
    for (JsonNode angles : module.path("principal_angles")) {
      if (name(angles).equals(pair)) {
        return angles.path("degrees");
      }
    }
    return Values.array();
  }

  private Set<String> pairs() {
    Set<String> pairs = new LinkedHashSet<>();
    for (JsonNode angles : adapters.path(0).path("modules").path(0).path("principal_angles")) {
      pairs.add(name(angles));
    }
    return pairs;
  }

  private static String name(JsonNode angles) {
    return angles.path("first").asText() + " and " + angles.path("second").asText();
  }

  /** Every module that an adapter changes. */
  private List<String> modules() {
    Set<String> names = new LinkedHashSet<>();
    for (JsonNode adapter : adapters) {
      adapter.path("modules").forEach(module -> names.add(module.path("module").asText()));
    }
    return List.copyOf(names);
  }

  private static double meanRelative(JsonNode effects) {
    double sum = 0;
    int n = effects.size();
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double own = effects.path(i).path(i).asDouble();
        sum += i == j ? 0 : own == 0 ? Double.NaN : effects.path(i).path(j).asDouble() / own;
      }
    }
    return sum / (n * (n - 1));
  }

  private Table merges() {
    Table table =
        new Table("What merges do to the tasks' features")
            .column("adapter", Format.TEXT)
            .column("merger", Format.TEXT);
    JsonNode tasks = adapters.path(0).path("tasks");
    tasks.forEach(task -> table.column("disturbance of " + task.asText(), Format.RATIO));
    tasks.forEach(task -> table.column("over base, " + task.asText(), Format.RATIO));
    for (JsonNode adapter : adapters) {
      for (JsonNode merge : adapter.path("merges")) {
        table.row().cell(adapter.path("adapter").asText()).cell(merge.path("merger").asText());
        merge.path("disturbance").forEach(v -> table.cell(v.asDouble(Double.NaN)));
        merge.path("over_base").forEach(v -> table.cell(v.asDouble(Double.NaN)));
      }
    }
    return table;
  }
}
