package dev.orthant.eval.interference;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.LowRank;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The size of what each task's delta adds to each task's features.
 *
 * <p>{@code effects[i][j] = sqrt(sum_m trace(D_im S_jm D_im'))} over the modules m of task i's
 * adapter, D_im its delta [dOut, dIn] and S_jm = X_jm' X_jm / tokens the uncentred second moment of
 * task j's features there: the root mean square, over the tokens of task j, of the norm of what the
 * adapter of task i adds. Divided by {@code effects[i][i]} it is the interference term of OSRM
 * (Zhang and Zhou, ACL 2025, arXiv 2505.22934), {@code ||D_i X_j||_F} relative to {@code ||D_i
 * X_i||_F}, per token, so that longer texts do not count for more.
 *
 * @param tasks the tasks, in the order of rows and columns
 * @param effects by task of the adapter, then by task of the features
 */
public record Interference(List<String> tasks, List<List<Double>> effects) {

  /** Copies the lists and refuses a matrix that does not fit the tasks. */
  public Interference {
    tasks = List.copyOf(tasks);
    effects = effects.stream().map(List::copyOf).toList();
    int n = tasks.size();
    if (effects.size() != n || effects.stream().anyMatch(row -> row.size() != n)) {
      throw new IllegalArgumentException(
          "effects of %d tasks are a %d x %d matrix, was %s".formatted(n, n, n, effects));
    }
  }

  /**
   * Measures all pairs of tasks.
   *
   * @param deltas by task, in the order wanted, and module
   * @param statistics by task and module, of the features that the pretrained model feeds to it
   * @throws IllegalArgumentException naming the task and module whose statistics are missing or
   *     have another dimension than the delta
   */
  public static Interference measure(
      Map<String, ? extends Map<String, ? extends Delta>> deltas,
      Map<String, ? extends Map<String, FeatureStatistics>> statistics) {
    List<List<Double>> effects = new ArrayList<>();
    for (var adapter : deltas.entrySet()) {
      List<Double> row = new ArrayList<>();
      for (String task : deltas.keySet()) {
        Map<String, FeatureStatistics> features = statistics.get(task);
        if (features == null) {
          throw new IllegalArgumentException(
              "there are no feature statistics of task '%s'; there are those of %s"
                  .formatted(task, statistics.keySet()));
        }
        row.add(effect(adapter.getKey(), adapter.getValue(), task, features));
      }
      effects.add(row);
    }
    return new Interference(List.copyOf(deltas.keySet()), effects);
  }

  /**
   * The effect on the features of another task relative to that on the adapter's own, {@code
   * effects[i][j] / effects[i][i]}: 1 on the diagonal; NaN for an adapter that adds nothing to its
   * own features.
   */
  public double relative(int adapter, int features) {
    double own = effects.get(adapter).get(adapter);
    return own == 0 ? Double.NaN : effects.get(adapter).get(features) / own;
  }

  /** The mean of the relative effects on other tasks' features; NaN for a single task. */
  public double meanRelative() {
    double sum = 0;
    int n = tasks.size();
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        sum += i == j ? 0 : relative(i, j);
      }
    }
    return sum / (n * (n - 1));
  }

  private static double effect(
      String adapter,
      Map<String, ? extends Delta> deltas,
      String task,
      Map<String, FeatureStatistics> features) {
    double sum = 0;
    for (var module : deltas.entrySet()) {
      FeatureStatistics statistics = features.get(module.getKey());
      if (statistics == null) {
        throw new IllegalArgumentException(
            "the adapter of task '%s' changes module %s, of which task '%s' has no statistics"
                .formatted(adapter, module.getKey(), task));
      }
      long[] shape = module.getValue().shape();
      if (shape.length != 2 || shape[1] != statistics.dimension()) {
        throw new IllegalArgumentException(
            "module %s: the delta of task '%s' has shape %s, the features of task '%s' have %d"
                .formatted(
                    module.getKey(),
                    adapter,
                    Arrays.toString(shape),
                    task,
                    statistics.dimension()));
      }
      sum += LowRank.energy(module.getValue(), statistics.gram()) / statistics.count();
    }
    return Math.sqrt(sum);
  }
}
