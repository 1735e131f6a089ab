package dev.orthant.eval.results;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.AtomicFile;
import dev.orthant.eval.interference.InterferenceFigures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes and reads the files of a study. A file appears complete or not at all. The same results
 * are the same bytes: keys have one order and numbers nine significant digits; NaN is null.
 */
public final class ResultFiles {

  private static final ObjectMapper JSON = new ObjectMapper();

  private ResultFiles() {}

  /** Writes {@code results.json}. */
  public static void write(Path file, StudyResults results) {
    AtomicFile.write(file, text(ResultsJson.encode(results)));
  }

  /**
   * Reads {@code results.json}.
   *
   * @throws IllegalArgumentException naming the file and what is wrong in it
   */
  public static StudyResults read(Path file) {
    JsonNode root;
    try {
      root = JSON.readTree(Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(file + ": there is no such file", e);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(file + ": is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + ": cannot be read: " + e.getMessage(), e);
    }
    try {
      return ResultsJson.decode(root);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  /** Writes {@code results.csv}, one value a row. */
  public static void writeCsv(Path file, StudyResults results) {
    AtomicFile.write(file, ResultsCsv.text(results));
  }

  /** Writes a suite's figures and the scores of its runs. */
  public static void write(Path file, SuiteFigures figures) {
    AtomicFile.write(file, text(SuiteJson.encode(figures)));
  }

  /** Writes the scores of a suite's runs, one a row. */
  public static void writeCsv(Path file, SuiteResults results) {
    AtomicFile.write(file, SuiteCsv.text(results));
  }

  /** Writes {@code interference.json}. */
  public static void writeInterference(Path file, List<InterferenceFigures> figures) {
    AtomicFile.write(file, text(InterferenceJson.encode(figures)));
  }

  /** Writes {@code forecast.json}. */
  public static void writeForecasts(Path file, List<Forecast> forecasts) {
    AtomicFile.write(file, text(ForecastJson.encode(forecasts)));
  }

  /** Writes {@code interference.svg}, a heat map. */
  public static void writeMap(Path file, StudyResults results) {
    AtomicFile.write(file, InterferenceMap.of(results.interferences()));
  }

  /** Writes {@code timings.json}. */
  public static void write(Path file, Timings timings) {
    ObjectNode root = JSON.createObjectNode();
    var steps = root.putArray("steps");
    for (Timings.Step step : timings.steps()) {
      ObjectNode node = steps.addObject();
      node.put("name", step.name());
      node.set("seconds", ResultsJson.number(step.seconds()));
      node.put("peak_bytes", step.peakBytes());
    }
    AtomicFile.write(file, text(root));
  }

  /** The text of a tree, two blanks an indent and the same line ends on every system. */
  private static String text(JsonNode node) {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
    try {
      return JSON.writer(printer).writeValueAsString(node) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON nodes can be written", e);
    }
  }
}
