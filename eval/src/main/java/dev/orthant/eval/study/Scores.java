package dev.orthant.eval.study;

import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.core.merge.MergeResult;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.Transformer;
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
    return singles(true, experts);
  }

  /** On every task's validation rows, each of its own expert. */
  List<Score> validation(List<SavedAdapter> experts) {
    return singles(false, experts);
  }

  private List<Score> singles(boolean test, List<SavedAdapter> experts) {
    return sideBySide(
        experts.size(),
        i -> {
          try (Transformer model = study.encoder().plus(experts.get(i).deltas())) {
            return score(i, test, model, experts.get(i));
          }
        });
  }

  /**
   * On every task's test rows, of its head on the encoder with each expert's deltas in turn: the
   * mean of the probabilities, or of the numbers for a regression.
   */
  List<Score> ensemble(List<SavedAdapter> experts) {
    List<float[][]> means = new ArrayList<>();
    for (StudyTask task : study.tasks()) {
      means.add(new float[task.test().size()][task.data().outputs()]);
    }
    for (SavedAdapter member : experts) {
      study.interruption().check();
      try (Transformer model = study.encoder().plus(member.deltas())) {
        List<Runnable> jobs = new ArrayList<>();
        for (int i = 0; i < experts.size(); i++) {
          int index = i;
          jobs.add(
              () ->
                  addMean(
                      outputs(index, true, model, experts.get(index)),
                      study.tasks().get(index).data().isRegression(),
                      experts.size(),
                      means.get(index)));
        }
        new SideBySide(study.kernels().threads()).run(jobs);
      }
    }
    List<Score> scores = new ArrayList<>();
    for (int i = 0; i < means.size(); i++) {
      StudyTask task = study.tasks().get(i);
      if (!task.data().isRegression()) {
        logarithms(means.get(i)); // of which a softmax, for the confidences, makes the same again
      }
      scores.add(Score.ofOutputs(task.metric(), task.data(), task.data().test(), means.get(i)));
    }
    return scores;
  }

  /** Adds to the means what one of so many members says. */
  private static void addMean(float[][] outputs, boolean regression, int members, float[][] means) {
    for (int row = 0; row < outputs.length; row++) {
      double[] said = regression ? new double[] {outputs[row][0]} : softmax(outputs[row]);
      for (int k = 0; k < said.length; k++) {
        means[row][k] += (float) (said[k] / members);
      }
    }
  }

  private static void logarithms(float[][] probabilities) {
    for (float[] row : probabilities) {
      for (int k = 0; k < row.length; k++) {
        row[k] = (float) Math.log(Math.max(row[k], Float.MIN_NORMAL));
      }
    }
  }

  private static double[] softmax(float[] logits) {
    double largest = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      largest = Math.max(largest, logit);
    }
    double[] probabilities = new double[logits.length];
    double sum = 0;
    for (int k = 0; k < logits.length; k++) {
      probabilities[k] = Math.exp(logits[k] - largest);
      sum += probabilities[k];
    }
    for (int k = 0; k < logits.length; k++) {
      probabilities[k] /= sum;
    }
    return probabilities;
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
      try (Transformer model = study.encoder().plus(merged.deltas())) {
        return sideBySide(experts.size(), i -> score(i, test, model, experts.get(i)));
      }
    }
    return sideBySide(
        experts.size(),
        i -> {
          try (Transformer model = study.encoder().plus(merged.deltasOf(i))) {
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

  private Score score(int index, boolean test, Transformer model, SavedAdapter expert) {
    StudyTask task = study.tasks().get(index);
    return Score.ofOutputs(
        task.metric(),
        task.data(),
        test ? task.data().test() : task.data().validation(),
        outputs(index, test, model, expert));
  }

  private float[][] outputs(int index, boolean test, Transformer model, SavedAdapter expert) {
    return study.outputs(
        study.kernels().onCallingThread(),
        study.tasks().get(index),
        test,
        model,
        AdapterSet.none(),
        study.head(expert));
  }
}
