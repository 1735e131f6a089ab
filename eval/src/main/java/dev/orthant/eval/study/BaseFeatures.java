package dev.orthant.eval.study;

import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.core.nn.Head;
import dev.orthant.core.text.LabelledRows;
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
    float[][] features =
        byTask.computeIfAbsent(task.name(), name -> compute(task, task.test())); // [rows, f]
    return Score.ofOutputs(
        task.metric(), task.data(), task.data().test(), outputs(features, expert));
  }

  /** The same on validation rows. */
  Score validation(StudyTask task, SavedAdapter expert) {
    float[][] features =
        validationByTask.computeIfAbsent(task.name(), name -> compute(task, task.validation()));
    return Score.ofOutputs(
        task.metric(), task.data(), task.data().validation(), outputs(features, expert));
  }

  private static float[][] outputs(float[][] features, SavedAdapter expert) {
    float[] weight = expert.headWeight().dup('c').data().asFloat(); // [outputs, f]
    float[] bias = expert.headBias().dup('c').data().asFloat();
    float[][] outputs = new float[features.length][bias.length];
    for (int row = 0; row < outputs.length; row++) {
      for (int k = 0; k < bias.length; k++) {
        double sum = bias[k];
        for (int j = 0; j < features[row].length; j++) {
          sum += (double) weight[k * features[row].length + j] * features[row][j];
        }
        outputs[row][k] = (float) sum;
      }
    }
    return outputs;
  }

  private float[][] compute(StudyTask task, LabelledRows rows) {
    Head head = study.freshHead(task);
    return study.predictor(study.kernels().onCallingThread()).features(study.encoder(), head, rows);
  }
}
