package dev.orthant.eval.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.AtomicFile;
import dev.orthant.eval.results.ResultFiles;
import dev.orthant.eval.study.StudyLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code report.html}: everything that lies in the output folder of a study ({@code orthant
 * evaluate}, {@code quickstart}) or of a suite ({@code bench}) on one page that needs no other file
 * and no network. The tables can be sorted, the charts are drawn by Apache ECharts, and each has
 * its numbers as a table. The same files give the same bytes.
 */
public final class HtmlReport {

  private static final String STUDY = "orthant-results-1";
  private static final String SUITE = "orthant-suite-1";

  private final RunFolder folder;

  private HtmlReport(RunFolder folder) {
    this.folder = folder;
  }

  /**
   * Writes the page.
   *
   * @param run the output folder
   * @return the page's path, {@code report.html} in the folder
   * @throws IllegalArgumentException if the folder has no results or not of a format known here
   */
  public static Path write(Path run) {
    Path file = new StudyLayout(run).page();
    AtomicFile.write(file, new HtmlReport(new RunFolder(run)).html());
    return file;
  }

  private String html() {
    JsonNode results =
        folder
            .json("results.json")
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "%s: there is no such file; 'orthant evaluate', 'quickstart' and 'bench' write it"
                            .formatted(folder.results())));
    return switch (results.path("format").asText()) {
      case STUDY -> study();
      case SUITE -> suite(results);
      default ->
          throw new IllegalArgumentException(
              "%s: format is %s, must be \"%s\" or \"%s\""
                  .formatted(folder.results(), results.path("format"), STUDY, SUITE));
    };
  }

  private String study() {
    StudySections study = new StudySections(ResultFiles.read(folder.results()));
    List<Section> sections = new ArrayList<>();
    sections.addAll(study.merged());
    sections.add(study.singles());
    sections.addAll(study.curves(folder));
    List<Block> interference = new ArrayList<>(study.interference());
    List<Section> angles = new ArrayList<>();
    folder
        .json("interference.json")
        .map(InterferenceSection::new)
        .ifPresent(
            details -> {
              interference.addAll(details.details());
              angles.addAll(details.angles());
            });
    if (!interference.isEmpty()) {
      sections.add(new Section("Interference", InterferenceSection.NOTE, interference));
    }
    sections.addAll(angles);
    sections.addAll(forecast((adapter, merger, seed) -> study.retention(adapter, merger)));
    sections.addAll(Training.section(study.trainings(new StudyLayout(folder.root()))));
    sections.addAll(new CostSection(folder).section(study.runs(), study.mergedFolders()));
    sections.addAll(new ConfigurationSection(folder).section(study.runs(), study.mergedFolders()));
    return page("Study", study.facts(), sections);
  }

  private String suite(JsonNode results) {
    SuiteSections suite = new SuiteSections(results);
    List<Section> sections = new ArrayList<>();
    sections.addAll(suite.merged());
    sections.add(suite.adapters());
    sections.addAll(suite.controls());
    sections.addAll(suite.curves());
    sections.addAll(suite.comparisons());
    sections.addAll(suite.quality());
    sections.addAll(suite.interference());
    sections.addAll(forecast(suite::retention));
    sections.addAll(Training.section(suite.trainings()));
    sections.addAll(new CostSection(folder).section(suite.runs(), List.of()));
    sections.addAll(new ConfigurationSection(folder).section(suite.runs(), List.of()));
    return page("Suite", suite.facts(), sections);
  }

  private List<Section> forecast(ForecastSection.Truth truth) {
    return folder
        .json("forecast.json")
        .map(root -> new ForecastSection(root).section(truth))
        .orElse(List.of());
  }

  private String page(String kind, List<Fact> facts, List<Section> sections) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    Path name = folder.root().toAbsolutePath().normalize().getFileName();
    root.put("title", kind + (name == null ? "" : " " + name));
    ArrayNode all = root.putArray("facts");
    facts.forEach(fact -> all.addObject().put("name", fact.name()).put("value", fact.value()));
    ArrayNode parts = root.putArray("sections");
    sections.forEach(section -> parts.add(section.json()));
    return new Page().html(root);
  }
}
