package dev.orthant.core.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a training run stands, as {@code trainer_state.json} holds it: the names are those of the
 * Hugging Face Trainer where it has them.
 */
final class TrainerState {

  int globalStep;
  int epoch;
  int stepInEpoch;
  int maxSteps;
  int rows;
  @Nullable Double bestMetric;
  @Nullable String bestModelCheckpoint;
  int evaluationsWithoutImprovement;
  boolean evaluationPending; // interrupted while it was evaluated at this step
  double lossSinceLog;
  int stepsSinceLog;

  /** Steps that parameters rested in, by name; those that never did are not there. */
  @JsonInclude(Include.NON_EMPTY)
  Map<String, Integer> restedSteps = new LinkedHashMap<>();

  List<Map<String, Object>> logHistory = new ArrayList<>();

  double fractionalEpoch(int stepsAnEpoch) {
    return epoch + (double) stepInEpoch / stepsAnEpoch;
  }

  void log(double epochs, Map<String, Object> values) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("step", globalStep);
    entry.put("epoch", epochs);
    entry.putAll(values);
    logHistory.add(entry);
  }
}
