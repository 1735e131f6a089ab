package dev.orthant.eval.interference;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.LowRank;
import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What the tasks' adapters do to each other's features at one module, from Gram matrices alone.
 * With X_j the features of task j at the module, n_j in number, S_j = X_j'X_j / n_j, W the base
 * weights and D_i the delta of task i, all norms Frobenius':
 *
 * @param module the module
 * @param base {@code ||W X_j'|| / sqrt(n_j)} by j: the root mean square of the layer's outputs,
 *     without bias
 * @param effects {@code ||D_i X_j'|| / sqrt(n_j)} by i and j
 * @param exposureBefore {@code ||A_i X_j'|| / sqrt(n_j)} before training, relative to what random
 *     rows of A_i's lengths would give, {@code ||A_i|| sqrt(trace(S_j) / dIn)}, by i and j: 0 where
 *     A_i is in the null space of the features, 1 where it is as good as random; NaN for rows that
 *     are all zero
 * @param exposure the same after training, of the A that is exported
 * @param angles between the row spaces of the tasks' A, a pair of tasks each
 */
public record ModuleInterference(
    String module,
    List<Double> base,
    List<List<Double>> effects,
    List<List<Double>> exposureBefore,
    List<List<Double>> exposure,
    List<PrincipalAngles> angles) {

  /** Copies the lists. */
  public ModuleInterference {
    base = List.copyOf(base);
    effects = effects.stream().map(List::copyOf).toList();
    exposureBefore = exposureBefore.stream().map(List::copyOf).toList();
    exposure = exposure.stream().map(List::copyOf).toList();
    angles = List.copyOf(angles);
  }

  /**
   * Measures one module.
   *
   * @param weights the base weights [dOut, dIn]
   * @param before by task, in the order wanted, the delta that training started from
   * @param after by task, in the same order, the trained delta
   * @param features by task
   */
  public static ModuleInterference measure(
      String module,
      INDArray weights,
      Map<String, ? extends Delta> before,
      Map<String, ? extends Delta> after,
      Map<String, FeatureStatistics> features) {
    List<String> tasks = List.copyOf(after.keySet());
    List<FeatureStatistics> of = tasks.stream().map(features::get).toList();
    List<List<Double>> effects = new ArrayList<>();
    List<List<Double>> exposureBefore = new ArrayList<>();
    List<List<Double>> exposure = new ArrayList<>();
    for (String task : tasks) {
      Delta trained = after.get(task);
      effects.add(of.stream().map(f -> effect(trained, f)).toList());
      exposureBefore.add(exposures(rows(before.get(task)), of));
      exposure.add(exposures(rows(trained), of));
    }
    Delta base = new DenseDelta(weights);
    return new ModuleInterference(
        module,
        of.stream().map(f -> effect(base, f)).toList(),
        effects,
        exposureBefore,
        exposure,
        angles(tasks, after));
  }

  /** {@code ||D X'|| / sqrt(n)}. */
  static double effect(Delta delta, FeatureStatistics features) {
    return Math.sqrt(LowRank.energy(delta, features.gram()) / features.count());
  }

  private static List<PrincipalAngles> angles(
      List<String> tasks, Map<String, ? extends Delta> deltas) {
    List<PrincipalAngles> angles = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      for (int j = i + 1; j < tasks.size(); j++) {
        Matrix a = rows(deltas.get(tasks.get(i)));
        Matrix b = rows(deltas.get(tasks.get(j)));
        angles.add(PrincipalAngles.between(tasks.get(i), a, tasks.get(j), b));
      }
    }
    return angles;
  }

  private static List<Double> exposures(Matrix a, List<FeatureStatistics> features) {
    List<Double> exposures = new ArrayList<>();
    double square = a.dot(a);
    for (FeatureStatistics f : features) {
      int d = f.dimension();
      double[] gram = f.gram();
      double trace = 0;
      for (int i = 0; i < d; i++) {
        trace += gram[i * d + i];
      }
      double energy = Math.max(0, a.times(new Matrix(d, d, gram)).dot(a));
      exposures.add(Math.sqrt(energy / (square * trace / d)));
    }
    return exposures;
  }

  /** A of a low-rank delta; for others the delta itself, whose rows are what it reads. */
  private static Matrix rows(Delta delta) {
    return delta instanceof LoraDelta lora
        ? Matrix.of("A", lora.a())
        : Matrix.of("delta", ((DenseDelta) delta).values());
  }
}
