package dev.orthant.eval.study;

import dev.orthant.core.finetune.Heads;
import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.core.merge.MergeResult;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.BertEncoder;
import dev.orthant.core.nn.Head;
import dev.orthant.eval.metrics.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Scores of deltas with the heads of the tasks' experts. */
final class Scores {

  private final Study study;

  Scores(Study study) {
    this.study = study;
  }

  /** On every task's test rows, of what the task uses of a merge. */
  List<Score> test(MergeResult merged, List<SavedAdapter> experts) {
    return scores(true, merged, experts);
  }

  /** On every task's test rows, each of its own expert. */
  List<Score> test(List<SavedAdapter> experts) {
    return sideBySide(
        experts.size(),
        i -> {
          try (BertEncoder model = study.encoder().plus(experts.get(i).deltas())) {
            return score(i, true, model, experts.get(i));
          }
        });
  }

  /** The mean of the tasks' scores on their validation rows. */
  double meanValidation(MergeResult merged, List<SavedAdapter> experts) {
    return mean(validation(merged, experts));
  }

  /** On every task's validation rows, of what the task uses of a merge. */
  List<Score> validation(MergeResult merged, List<SavedAdapter> experts) {
    return scores(false, merged, experts);
  }

  /** With one model for all tasks, unless each uses something else of the merge. */
  private List<Score> scores(boolean test, MergeResult merged, List<SavedAdapter> experts) {
    if (merged.masks().isEmpty()) {
      try (BertEncoder model = study.encoder().plus(merged.deltas())) {
        return sideBySide(experts.size(), i -> score(i, test, model, experts.get(i)));
      }
    }
    return sideBySide(
        experts.size(),
        i -> {
          try (BertEncoder model = study.encoder().plus(merged.deltasOf(i))) {
            return score(i, test, model, experts.get(i));
          }
        });
  }

  static double mean(List<Score> scores) {
    double sum = 0;
    for (Score score : scores) {
      sum += score.value();
    }
    return sum / scores.size();
  }

  /** Task by task. */
  private List<Score> sideBySide(int tasks, IntFunction<Score> scorer) {
    Score[] scores = new Score[tasks];
    List<Runnable> jobs = new ArrayList<>();
    for (int i = 0; i < tasks; i++) {
      int index = i;
      jobs.add(() -> scores[index] = scorer.apply(index));
    }
    new SideBySide(study.kernels().threads()).run(jobs);
    return List.of(scores);
  }

  private Score score(int index, boolean test, BertEncoder model, SavedAdapter expert) {
    StudyTask task = study.tasks().get(index);
    float[][] outputs =
        study
            .predictor(study.kernels().onCallingThread())
            .logits(model, AdapterSet.none(), head(expert), test ? task.test() : task.validation());
    return Score.ofOutputs(
        task.metric(), task.data(), test ? task.data().test() : task.data().validation(), outputs);
  }

  private Head head(SavedAdapter expert) {
    return Heads.of(
        expert.description().head(), study.encoder(), expert.headWeight(), expert.headBias());
  }
}
