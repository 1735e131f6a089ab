package dev.orthant.eval.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The exact configuration of everything in the run, as it was noted beside the results. */
final class ConfigurationSection {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> OF_ONE_RUN = List.of("seed", "task", "other_tasks");
  private static final String NOTE =
      "The file that the run was started with, and what every adapter and every merge notes beside "
          + "its weights, all defaults included. Adapters that differ in seed and task alone are "
          + "shown once, with a table of the runs; `rows` is the hash of the rows trained on.";

  private final RunFolder folder;

  ConfigurationSection(RunFolder folder) {
    this.folder = folder;
  }

  /**
   * The section, unless nothing is known.
   *
   * @param runs trained adapters
   * @param merged folders of merged adapters
   */
  List<Section> section(List<Run> runs, List<String> merged) {
    Choice files = new Choice("configuration of");
    List<String> names = new ArrayList<>(folder.names("", ".yaml"));
    names.addAll(folder.names("configuration", ".json"));
    for (String name : names) {
      folder.text(name).ifPresent(text -> files.option(name, new Listing(name, text)));
    }
    adapters(runs, files);
    for (String path : merged) {
      folder
          .json(path + "/merge.json")
          .ifPresent(tree -> files.option(path, new Listing(path + "/merge.json", merge(tree))));
    }
    return files.isEmpty()
        ? List.of()
        : List.of(new Section("Configuration", NOTE, List.of(files)));
  }

  private void adapters(List<Run> runs, Choice files) {
    Map<String, Map<String, Table>> byAdapter = new LinkedHashMap<>();
    for (Run run : runs) {
      folder
          .json(run.folder() + "/orthant.json")
          .map(tree -> tree.path("provenance"))
          .ifPresent(
              provenance ->
                  byAdapter
                      .computeIfAbsent(run.adapter(), unused -> new LinkedHashMap<>())
                      .computeIfAbsent(common(provenance), unused -> runTable(run.adapter()))
                      .row()
                      .cell(run.folder())
                      .cell(run.task())
                      .cell(run.seed())
                      .cell(provenance.path("task").path("rows").asText()));
    }
    byAdapter.forEach(
        (adapter, variants) -> {
          List<Block> blocks = new ArrayList<>();
          variants.forEach(
              (text, table) -> {
                blocks.add(new Listing(adapter, text));
                blocks.add(table);
              });
          files.option("adapter " + adapter, blocks.toArray(Block[]::new));
        });
  }

  private static Table runTable(String adapter) {
    return new Table("Runs of " + adapter)
        .column("folder", Format.TEXT)
        .column("task", Format.TEXT)
        .column("seed", Format.COUNT)
        .column("rows", Format.TEXT);
  }

  private static String common(JsonNode provenance) {
    return provenance instanceof ObjectNode node
        ? text(node.deepCopy().without(OF_ONE_RUN))
        : text(provenance);
  }

  /** Without the adapters that were merged, which are shown themselves. */
  private static String merge(JsonNode tree) {
    return tree instanceof ObjectNode node
        ? text(node.deepCopy().without(List.of("inputs")))
        : text(tree);
  }

  private static String text(JsonNode tree) {
    try {
      return JSON.writerWithDefaultPrettyPrinter()
          .writeValueAsString(tree)
          .replace(System.lineSeparator(), "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON nodes can be written", e);
    }
  }
}
