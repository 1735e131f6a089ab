package dev.orthant.eval.interference;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.LowRank;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a merge does to the tasks' features, over all modules m, with D_m the merged delta, D_im
 * that of task i's own adapter, W_m the base weights and X_im task i's features:
 *
 * @param merger the merger
 * @param disturbance {@code sqrt(sum_m ||(D_m - D_im) X_im'||^2 / sum_m ||D_im X_im'||^2)} by task:
 *     0 where the merged model does on the task's features what its own adapter does, 1 where that
 *     is all lost
 * @param overBase {@code sqrt(sum_m ||D_m X_im'||^2 / sum_m ||W_m X_im'||^2)} by task
 */
public record MergeDisturbance(String merger, List<Double> disturbance, List<Double> overBase) {

  /** Copies the lists. */
  public MergeDisturbance {
    disturbance = List.copyOf(disturbance);
    overBase = List.copyOf(overBase);
  }

  /**
   * Measures one merge.
   *
   * @param weights by module, the base weights [dOut, dIn]
   * @param merged by module
   * @param experts by task, in the order wanted, and module
   * @param features by task and module
   */
  public static MergeDisturbance measure(
      String merger,
      Map<String, INDArray> weights,
      Map<String, ? extends Delta> merged,
      Map<String, ? extends Map<String, ? extends Delta>> experts,
      Map<String, ? extends Map<String, FeatureStatistics>> features) {
    List<Double> disturbance = new ArrayList<>();
    List<Double> overBase = new ArrayList<>();
    for (var expert : experts.entrySet()) {
      double lost = 0;
      double own = 0;
      double added = 0;
      double base = 0;
      for (var module : expert.getValue().entrySet()) {
        FeatureStatistics of = features.get(expert.getKey()).get(module.getKey());
        Delta together = merged.get(module.getKey());
        lost += square(difference(together, module.getValue()), of);
        own += square(module.getValue(), of);
        added += square(together, of);
        base += square(new DenseDelta(weights.get(module.getKey())), of);
      }
      disturbance.add(Math.sqrt(lost / own));
      overBase.add(Math.sqrt(added / base));
    }
    return new MergeDisturbance(merger, disturbance, overBase);
  }

  /**
   * The disturbance of one task alone.
   *
   * @param merged by module, what the task uses of the merge
   * @param expert by module, the task's own deltas
   * @param features by module, of the task
   */
  public static double disturbance(
      Map<String, ? extends Delta> merged,
      Map<String, ? extends Delta> expert,
      Map<String, FeatureStatistics> features) {
    double lost = 0;
    double own = 0;
    for (var module : expert.entrySet()) {
      FeatureStatistics of = features.get(module.getKey());
      lost += square(difference(merged.get(module.getKey()), module.getValue()), of);
      own += square(module.getValue(), of);
    }
    return Math.sqrt(lost / own);
  }

  private static double square(Delta delta, FeatureStatistics features) {
    return LowRank.energy(delta, features.gram()) / features.count();
  }

  private static Delta difference(Delta x, Delta y) {
    if (x instanceof LoraDelta first && y instanceof LoraDelta second) {
      return LowRank.weightedSum(List.of(first, second), 1, -1);
    }
    return new DenseDelta(x.dense().subi(y.dense()));
  }
}
