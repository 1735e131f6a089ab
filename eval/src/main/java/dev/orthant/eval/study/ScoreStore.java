package dev.orthant.eval.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.AtomicFile;
import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.eval.metrics.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What steps of a suite found, a JSON file each. A file's name has a part of the hash of all that
 * the step depends on, which the file repeats in full; files appear complete or not at all. So a
 * step is done when its file is there.
 */
final class ScoreStore {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final double CONFIDENCE_STEPS = 1e5; // calibration needs no more

  private final Path folder;

  ScoreStore(Path folder) {
    this.folder = folder;
  }

  /** Whether a step is done. */
  boolean has(String name, ObjectNode identity) {
    return Files.exists(file(name, identity));
  }

  /** What a step that is done found. */
  JsonNode read(String name, ObjectNode identity) {
    Path file = file(name, identity);
    try {
      return JSON.readTree(Files.readString(file)).path("found");
    } catch (JsonProcessingException e) {
      throw new CheckpointException(
          file, "cannot be understood, delete it: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be read: " + e.getMessage(), e);
    }
  }

  /** Keeps what a step found. */
  void write(String name, ObjectNode identity, ObjectNode found) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.set("identity", identity);
    root.set("found", found);
    try {
      AtomicFile.write(file(name, identity), JSON.writeValueAsString(root) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON nodes can be written", e);
    }
  }

  /** Scores as a tree: the value, and the predictions that intervals and tests are made from. */
  static ArrayNode encode(List<Score> scores) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (Score score : scores) {
      ObjectNode one = all.addObject();
      one.put("value", score.value());
      if (score.confidences().length > 0) {
        ArrayNode confidences = one.putArray("confidences");
        for (double confidence : score.confidences()) {
          confidences.add(Math.round(CONFIDENCE_STEPS * confidence) / CONFIDENCE_STEPS);
        }
      }
      ArrayNode predicted = one.putArray("predicted");
      for (double p : score.predicted()) {
        if (score.classes() > 0) {
          predicted.add((int) p);
        } else {
          predicted.add(p);
        }
      }
    }
    return all;
  }

  /** The scores of a tree, on the test rows of the tasks in their order. */
  static List<Score> decode(JsonNode tree, List<StudyTask> tasks) {
    List<Score> scores = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      StudyTask task = tasks.get(i);
      double[] predicted = numbers(tree.path(i).path("predicted"));
      scores.add(
          Score.ofPredictions(task.metric(), task.data(), task.data().test(), predicted)
              .withConfidences(numbers(tree.path(i).path("confidences"))));
    }
    return scores;
  }

  private static double[] numbers(JsonNode list) {
    double[] numbers = new double[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = list.get(i).asDouble();
    }
    return numbers;
  }

  private Path file(String name, ObjectNode identity) {
    return folder.resolve(Provenance.address(name, identity) + ".json");
  }
}
