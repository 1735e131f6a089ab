package dev.orthant.eval.study;

import dev.orthant.core.finetune.Heads;
import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.BertEncoder;
import dev.orthant.core.nn.Head;
import dev.orthant.eval.metrics.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Scores of deltas with the heads of the tasks' experts. */
final class Scores {

  private final Study study;

  Scores(Study study) {
    this.study = study;
  }

  /** On every task's test rows, of one set of deltas for all. */
  List<Score> test(Map<String, ? extends Delta> deltas, List<SavedAdapter> experts) {
    BertEncoder model = study.encoder().plus(deltas);
    List<Score> scores = new ArrayList<>();
    for (int i = 0; i < experts.size(); i++) {
      scores.add(test(study.tasks().get(i), model, experts.get(i)));
    }
    return scores;
  }

  /** On a task's test rows, of its expert. */
  Score test(StudyTask task, SavedAdapter expert) {
    return test(task, study.encoder().plus(expert.deltas()), expert);
  }

  private Score test(StudyTask task, BertEncoder model, SavedAdapter expert) {
    float[][] outputs =
        study.predictor().logits(model, AdapterSet.none(), head(expert), task.test());
    return Score.ofOutputs(task.metric(), task.data(), task.data().test(), outputs);
  }

  /** The mean of the tasks' scores on their validation rows. */
  double meanValidation(Map<String, ? extends Delta> deltas, List<SavedAdapter> experts) {
    BertEncoder model = study.encoder().plus(deltas);
    double sum = 0;
    for (int i = 0; i < experts.size(); i++) {
      StudyTask task = study.tasks().get(i);
      float[][] outputs =
          study
              .predictor()
              .logits(model, AdapterSet.none(), head(experts.get(i)), task.validation());
      sum += Score.ofOutputs(task.metric(), task.data(), task.data().validation(), outputs).value();
    }
    return sum / experts.size();
  }

  private Head head(SavedAdapter expert) {
    return Heads.of(
        expert.description().head(), study.encoder(), expert.headWeight(), expert.headBias());
  }
}
