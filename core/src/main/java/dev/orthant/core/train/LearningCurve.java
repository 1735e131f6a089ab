package dev.orthant.core.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orthant.core.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The course of one training, as {@code metrics.jsonl} in its folder tells it.
 *
 * @param losses training losses, each the mean over the steps since the record before
 * @param scores validation scores
 */
public record LearningCurve(List<Point> losses, List<Point> scores) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SCORE = "eval_";
  private static final Point NOTHING = new Point(0, Double.NaN, Double.NaN);

  /** Copies the lists. */
  public LearningCurve {
    losses = List.copyOf(losses);
    scores = List.copyOf(scores);
  }

  /**
   * A value at a step.
   *
   * @param step optimiser steps taken
   * @param epoch passes over the rows, with a fraction
   * @param value a loss or a score
   */
  public record Point(int step, double epoch, double value) {}

  /**
   * The curve of a training; without points if the folder has no log.
   *
   * @param folder that the training was given
   * @throws CheckpointException naming the line that cannot be understood
   */
  public static LearningCurve read(Path folder) {
    Path file = folder.resolve(MetricsLog.NAME);
    List<Point> losses = new ArrayList<>();
    List<Point> scores = new ArrayList<>();
    if (!Files.isRegularFile(file)) {
      return new LearningCurve(losses, scores);
    }
    try {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        JsonNode record = parse(file, i + 1, lines.get(i));
        record
            .fieldNames()
            .forEachRemaining(
                key -> {
                  if (key.equals("loss")) {
                    losses.add(point(record, key));
                  } else if (key.startsWith(SCORE)) {
                    scores.add(point(record, key));
                  }
                });
      }
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be read: " + e.getMessage(), e);
    }
    return new LearningCurve(losses, scores);
  }

  /**
   * What was recorded at an evaluation; NaN for both if there were not as many.
   *
   * @param evaluation from 0
   */
  public Point evaluation(int evaluation) {
    return evaluation < scores.size() ? scores.get(evaluation) : NOTHING;
  }

  /** The mean of the losses recorded after step {@code from} up to step {@code to}, or NaN. */
  public double lossBetween(double from, double to) {
    return losses.stream()
        .filter(loss -> loss.step() > from && loss.step() <= to)
        .mapToDouble(Point::value)
        .average()
        .orElse(Double.NaN);
  }

  private static JsonNode parse(Path file, int line, String text) {
    try {
      JsonNode record = JSON.readTree(text);
      if (record.path("step").isInt() && record.path("epoch").isNumber()) {
        return record;
      }
      throw new CheckpointException(
          file, "line %d is not a record with a step and an epoch".formatted(line));
    } catch (JsonProcessingException e) {
      throw new CheckpointException(
          file, "line %d is not JSON: %s".formatted(line, e.getOriginalMessage()));
    }
  }

  /** A score that is not a number is written as a text. */
  private static Point point(JsonNode record, String key) {
    JsonNode value = record.path(key);
    return new Point(
        record.path("step").asInt(),
        record.path("epoch").asDouble(),
        value.isNumber() ? value.asDouble() : Double.NaN);
  }
}
