package dev.orthant.eval.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.eval.metrics.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** What a run took: time, memory and space. */
final class CostSection {

  private static final int MOST_STEPS = 300;
  private static final String NOTE =
      "Times and memory of the run that computed the results; steps ran side by side. Memory is "
          + "the most that the process had until a step's end. Sizes are those of the weights.";

  private final RunFolder folder;

  CostSection(RunFolder folder) {
    this.folder = folder;
  }

  /**
   * The section, unless nothing is known.
   *
   * @param runs trained adapters
   * @param merged folders of merged adapters
   */
  List<Section> section(List<Run> runs, List<String> merged) {
    List<Block> blocks = new ArrayList<>();
    Table sizes = sizes(runs, merged);
    if (!sizes.isEmpty()) {
      blocks.add(sizes);
    }
    for (String name : folder.names("timings", ".json")) {
      JsonNode steps = folder.json(name).orElseThrow().path("steps");
      if (!steps.isEmpty()) {
        blocks.add(kinds(name, steps));
        blocks.add(steps(name, steps));
      }
    }
    return blocks.isEmpty()
        ? List.of()
        : List.of(new Section("Time, memory and space", NOTE, blocks));
  }

  private Table sizes(List<Run> runs, List<String> merged) {
    Table table =
        new Table("Sizes of weights").column("adapter", Format.TEXT).column("size", Format.BYTES);
    Map<String, String> first = new LinkedHashMap<>();
    runs.forEach(run -> first.putIfAbsent(run.adapter(), run.folder()));
    first.forEach((adapter, path) -> size(table, adapter + ", one task", path));
    merged.forEach(path -> size(table, path, path));
    return table;
  }

  private void size(Table table, String name, String path) {
    OptionalLong bytes = folder.adapterBytes(path);
    if (bytes.isPresent()) {
      table.row().cell(name).cell(bytes.getAsLong());
    }
  }

  /** Steps by the first word of their names. */
  private static Bars kinds(String file, JsonNode steps) {
    Map<String, Double> seconds = new LinkedHashMap<>();
    for (JsonNode step : steps) { // side by side, so their sum is more than that of all
      String kind = step.path("name").asText().split(" ", 2)[0];
      if (kind.equals("all")) {
        continue;
      }
      seconds.merge(kind, step.path("seconds").asDouble(), Double::sum);
    }
    return new Bars(
            "Time by kind of step, " + file, "kind", List.copyOf(seconds.keySet()), Format.SECONDS)
        .series(
            "sum of seconds",
            seconds.values().stream().map(s -> new Interval(s, Double.NaN)).toList());
  }

  private static Table steps(String file, JsonNode steps) {
    List<JsonNode> longest = new ArrayList<>();
    steps.forEach(longest::add);
    if (longest.size() > MOST_STEPS) {
      longest.sort((a, b) -> Double.compare(seconds(b), seconds(a)));
    }
    Table table =
        new Table(
                longest.size() > MOST_STEPS
                    ? "The longest %d of %d steps, %s".formatted(MOST_STEPS, longest.size(), file)
                    : "Steps, " + file)
            .column("step", Format.TEXT)
            .column("time", Format.SECONDS)
            .column("peak memory", Format.BYTES);
    longest.stream()
        .limit(MOST_STEPS)
        .forEach(
            step ->
                table.row().cell(step.path("name").asText()).cell(seconds(step)).cell(bytes(step)));
    return table;
  }

  private static double seconds(JsonNode step) {
    return step.path("seconds").asDouble(Double.NaN);
  }

  private static double bytes(JsonNode step) {
    double bytes = step.path("peak_bytes").asDouble();
    return bytes > 0 ? bytes : Double.NaN;
  }
}
