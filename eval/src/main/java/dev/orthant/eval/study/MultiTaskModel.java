package dev.orthant.eval.study;

import dev.orthant.core.finetune.ClassifierModel;
import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.Encoded;
import dev.orthant.core.text.LabelledRows;
import dev.orthant.core.text.TrainingRows;
import dev.orthant.core.train.NamedParameter;
import dev.orthant.core.train.TrainableModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/*
 * The training loop knows one list of rows with one label each. Here it gets the rows of all tasks
 * one after the other, and as labels their numbers in that list, by which a batch is taken apart
 * into a batch for each task's head. A float holds whole numbers up to 2^24.
 */
/**
 * Adapters that several classifiers share, each with a head of its own. The loss of a batch is the
 * mean over its rows, whatever their task.
 */
final class MultiTaskModel implements TrainableModel {

  private static final String HEAD = "head.";
  private static final int MOST_ROWS = 1 << 24;

  private final List<StudyTask> tasks;
  private final List<ClassifierModel> models;
  private final List<NamedParameter> parameters = new ArrayList<>();

  /**
   * @param models of the tasks, with the same adapters and the same pass
   */
  MultiTaskModel(List<StudyTask> tasks, List<ClassifierModel> models) {
    this.tasks = tasks;
    this.models = models;
    for (int task = 0; task < tasks.size(); task++) {
      for (NamedParameter p : models.get(task).parameters()) {
        if (p.name().startsWith(HEAD)) {
          String own = HEAD + tasks.get(task).name() + "." + p.name().substring(HEAD.length());
          parameters.add(new NamedParameter(own, p.parameter()));
        } else if (task == 0) {
          parameters.add(p);
        }
      }
    }
  }

  /** The rows to train on of all tasks, with their numbers as labels. */
  static LabelledRows rows(List<StudyTask> tasks) {
    List<Encoded> all = new ArrayList<>();
    tasks.forEach(task -> all.addAll(task.train().rows()));
    if (all.size() > MOST_ROWS) {
      throw new IllegalArgumentException(
          "the control multi-task takes at most %d training rows, the tasks have %d"
              .formatted(MOST_ROWS, all.size()));
    }
    float[] numbers = new float[all.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i;
    }
    return new LabelledRows(all, numbers);
  }

  @Override
  public List<NamedParameter> parameters() {
    return parameters;
  }

  @Override
  public Set<Parameter> activate(double probability, long seed) {
    return models.get(0).activate(probability, seed);
  }

  @Override
  public double lossAndGradients(Batch batch, float[] numbers, float scale, long seed) {
    double loss = 0;
    int before = 0;
    for (int task = 0; task < tasks.size(); task++) {
      TrainingRows rows = tasks.get(task).train();
      int first = before;
      int[] own =
          IntStream.range(0, numbers.length)
              .map(i -> (int) numbers[i] - first)
              .filter(row -> row >= 0 && row < rows.size())
              .toArray();
      if (own.length > 0) {
        float share = (float) own.length / numbers.length;
        long ownSeed = CounterRandom.seed(seed, tasks.get(task).name());
        loss +=
            share
                * models
                    .get(task)
                    .lossAndGradients(rows.batch(own), rows.labels(own), scale * share, ownSeed);
      }
      before += rows.size();
    }
    return loss;
  }
}
