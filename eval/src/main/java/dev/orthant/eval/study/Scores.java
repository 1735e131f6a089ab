package dev.orthant.eval.study;

import dev.orthant.core.finetune.Heads;
import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.nn.BertEncoder;
import dev.orthant.core.nn.DeltaAdapter;
import dev.orthant.core.nn.Head;
import dev.orthant.eval.metrics.Score;
import java.util.List;
import java.util.Map;

/** Scores of deltas with the heads of the tasks' experts. */
final class Scores {

  private final Study study;

  Scores(Study study) {
    this.study = study;
  }

  /** On a task's test rows. */
  Score test(StudyTask task, Map<String, ? extends Delta> deltas, SavedAdapter expert) {
    BertEncoder encoder = study.encoder();
    float[][] outputs =
        study.predictor().logits(encoder, DeltaAdapter.adapters(deltas), head(expert), task.test());
    return Score.ofOutputs(task.metric(), task.data(), task.data().test(), outputs);
  }

  /** The mean of the tasks' scores on their validation rows. */
  double meanValidation(Map<String, ? extends Delta> deltas, List<SavedAdapter> experts) {
    double sum = 0;
    for (int i = 0; i < experts.size(); i++) {
      StudyTask task = study.tasks().get(i);
      float[][] outputs =
          study
              .predictor()
              .logits(
                  study.encoder(),
                  DeltaAdapter.adapters(deltas),
                  head(experts.get(i)),
                  task.validation());
      sum += Score.ofOutputs(task.metric(), task.data(), task.data().validation(), outputs).value();
    }
    return sum / experts.size();
  }

  private Head head(SavedAdapter expert) {
    return Heads.of(
        expert.description().head(), study.encoder(), expert.headWeight(), expert.headBias());
  }
}
