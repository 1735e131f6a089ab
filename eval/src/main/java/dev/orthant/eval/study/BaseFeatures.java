package dev.orthant.eval.study;

import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.core.nn.Head;
import dev.orthant.core.text.TrainingRows;
import dev.orthant.eval.metrics.Score;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the untouched base makes of the tasks' rows, computed once for all heads. */
final class BaseFeatures {

  private final Study study;
  private final Map<String, float[][]> byTask = new ConcurrentHashMap<>();
  private final Map<String, float[][]> validationByTask = new ConcurrentHashMap<>();

  BaseFeatures(Study study) {
    this.study = study;
  }

  /** The score on a task's test rows of an adapter's head without the adapter. */
  Score score(StudyTask task, SavedAdapter expert) {
    if (task.isLanguage()) {
      return study.baseScore(task, true);
    }
    float[][] features =
        byTask.computeIfAbsent(task.name(), name -> compute(task, task.test())); // [rows, f]
    return Score.ofOutputs(
        task.metric(), task.data(), task.data().test(), outputs(features, expert));
  }

  /** The same on validation rows. */
  Score validation(StudyTask task, SavedAdapter expert) {
    if (task.isLanguage()) {
      return study.baseScore(task, false);
    }
    float[][] features =
        validationByTask.computeIfAbsent(task.name(), name -> compute(task, task.validation()));
    return Score.ofOutputs(
        task.metric(), task.data(), task.data().validation(), outputs(features, expert));
  }

  private float[][] outputs(float[][] features, SavedAdapter expert) {
    Head head = study.head(expert);
    return predictor().outputs(head, features);
  }

  private float[][] compute(StudyTask task, TrainingRows rows) {
    return predictor().features(study.encoder(), study.freshHead(task), rows);
  }

  private Predictor predictor() {
    return study.predictor(study.kernels().onCallingThread());
  }
}
