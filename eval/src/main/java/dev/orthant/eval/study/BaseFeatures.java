package dev.orthant.eval.study;

import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.core.nn.Head;
import dev.orthant.eval.metrics.Score;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the untouched base makes of the tasks' test rows, computed once for all heads. */
final class BaseFeatures {

  private final Study study;
  private final Map<String, float[][]> byTask = new ConcurrentHashMap<>();

  BaseFeatures(Study study) {
    this.study = study;
  }

  /** The score on a task's test rows of an adapter's head without the adapter. */
  Score score(StudyTask task, SavedAdapter expert) {
    float[][] features = byTask.computeIfAbsent(task.name(), name -> compute(task)); // [rows, f]
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
    return Score.ofOutputs(task.metric(), task.data(), task.data().test(), outputs);
  }

  private float[][] compute(StudyTask task) {
    Head head = study.freshHead(task);
    return study
        .predictor(study.kernels().onCallingThread())
        .features(study.encoder(), head, task.test());
  }
}
