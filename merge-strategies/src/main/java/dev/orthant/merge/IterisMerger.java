package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.Merger;
import dev.orthant.core.spi.TrialModel;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Least squares between the merged model's outputs and the experts', again and again. */
final class IterisMerger implements Merger {

  private final IterisConfig config;
  private Map<String, Delta> merged = Map.of();

  IterisMerger(IterisConfig config) {
    this.config = config;
  }

  /**
   * Features of one input's task at one matrix, [dIn, dIn]: x are the expert's, y the merged
   * model's.
   */
  private record Products(Matrix xx, Matrix xy, Matrix yy) {}

  @Override
  public void fit(TrialModel model, List<MergeTensor> tensors) {
    Set<String> tried = new HashSet<>();
    model.layers().forEach(tried::addAll);
    List<MergeTensor> matrices = tensors.stream().filter(t -> tried.contains(t.name())).toList();
    if (matrices.isEmpty()) {
      return;
    }
    List<Map<String, Delta>> experts = experts(matrices);
    List<Map<String, Products>> products = new ArrayList<>();
    for (int i = 0; i < experts.size(); i++) {
      products.add(own(model, i, experts.get(i)));
    }
    Map<String, double[]> shares = new LinkedHashMap<>();
    for (MergeTensor tensor : matrices) {
      shares.put(tensor.name(), shares(tensor, at(products, tensor)));
    }
    for (int iteration = 1; iteration <= config.iterations(); iteration++) {
      Map<String, Delta> solved = new LinkedHashMap<>();
      for (MergeTensor tensor : matrices) {
        double[] ofTensor = shares.getOrDefault(tensor.name(), new double[0]);
        solved.put(tensor.name(), solved(tensor, ofTensor, at(products, tensor)));
      }
      merged = solved;
      for (int i = 0; iteration < config.iterations() && i < experts.size(); i++) {
        products.set(i, again(model, i, experts.get(i), solved, products.get(i)));
      }
    }
  }

  @Override
  public Delta merge(MergeTensor tensor) {
    Delta fitted = merged.get(tensor.name());
    return fitted == null
        ? LinearRule.sum(tensor, Shares.ofSquares(LinearRule.weights(tensor)))
        : fitted;
  }

  private static List<Map<String, Delta>> experts(List<MergeTensor> matrices) {
    List<Map<String, Delta>> experts = new ArrayList<>();
    for (int i = 0; i < matrices.get(0).inputs(); i++) {
      Map<String, Delta> expert = new LinkedHashMap<>();
      for (MergeTensor tensor : matrices) {
        expert.put(tensor.name(), tensor.delta(i));
      }
      experts.add(expert);
    }
    return experts;
  }

  /** Before anything is merged, the expert's features stand for the merged model's. */
  private static Map<String, Products> own(TrialModel model, int i, Map<String, Delta> expert) {
    Map<String, Products> products = new LinkedHashMap<>();
    model
        .features(i, expert, expert.keySet())
        .forEach(
            (name, features) -> {
              Matrix xx = gram(features);
              products.put(name, new Products(xx, xx, xx));
            });
    return products;
  }

  private static Map<String, Products> again(
      TrialModel model,
      int i,
      Map<String, Delta> expert,
      Map<String, Delta> solved,
      Map<String, Products> before) {
    Map<String, FeatureStatistics> yy = model.features(i, solved, expert.keySet());
    Map<String, Products> products = new LinkedHashMap<>();
    model
        .crossProducts(i, expert, solved, expert.keySet())
        .forEach(
            (name, xy) -> {
              Products known = before.get(name);
              FeatureStatistics features = yy.get(name);
              if (known != null && features != null) {
                int d = features.dimension();
                products.put(name, new Products(known.xx(), new Matrix(d, d, xy), gram(features)));
              }
            });
    return products;
  }

  private static List<Products> at(List<Map<String, Products>> products, MergeTensor tensor) {
    return products.stream().map(of -> of.get(tensor.name())).toList();
  }

  private static Matrix gram(FeatureStatistics features) {
    return new Matrix(features.dimension(), features.dimension(), features.gram());
  }

  /** The inputs' weights, balanced: {@code w_i |W_i|^2 / |X_i W_i'|^2}; they add up to 1. */
  private double[] shares(MergeTensor tensor, List<Products> products) {
    double[] shares = Shares.ofSquares(LinearRule.weights(tensor));
    for (int i = 0; config.balance() && i < shares.length; i++) {
      INDArray sum = tensor.delta(i).dense().addi(tensor.base());
      Matrix weights = Matrix.of(tensor.name(), sum);
      double outputs = weights.times(products.get(i).xx()).dot(weights);
      shares[i] *= outputs > 0 ? weights.dot(weights) / outputs : 0;
    }
    double total = 0;
    for (double share : shares) {
      total += share;
    }
    return total > 0 ? Shares.of(shares) : Shares.ofSquares(LinearRule.weights(tensor));
  }

  /** {@code (sum_i s_i tau_i X_i'Y_i) (sum_i s_i Y_i'Y_i)^-1}. */
  private Delta solved(MergeTensor tensor, double[] shares, List<Products> products) {
    List<Matrix> crosses = new ArrayList<>(); // s_i X_i'Y_i [dIn, dIn]
    Matrix sum = null; // [dIn, dIn]
    for (int i = 0; i < shares.length; i++) {
      Products mixed = mixed(products.get(i));
      crosses.add(ridged(mixed.xy()).scaled(shares[i]));
      Matrix each = ridged(mixed.yy()).scaled(shares[i]);
      sum = sum == null ? each : sum.plus(1, each);
    }
    if (sum == null || sum.norm() == 0) {
      return LinearRule.sum(tensor, shares);
    }
    Delta[] deltas = LinearRule.deltas(tensor);
    return Arrays.stream(deltas).allMatch(LoraDelta.class::isInstance)
        ? lowRank(Arrays.stream(deltas).map(LoraDelta.class::cast).toList(), crosses, sum)
        : dense(deltas, crosses, sum);
  }

  private static LoraDelta lowRank(List<LoraDelta> deltas, List<Matrix> crosses, Matrix sum) {
    List<Matrix> columns = new ArrayList<>(); // Y_i'X_i A_i' s_i [dIn, rank_i]
    INDArray[] bs = new INDArray[deltas.size()]; // [dOut, rank_i]
    for (int i = 0; i < bs.length; i++) {
      LoraDelta delta = deltas.get(i);
      bs[i] = delta.b();
      Matrix rows = Matrix.of("A", delta.a()).times(crosses.get(i)).scaled(delta.scaling());
      columns.add(rows.transpose());
    }
    Matrix a = sum.solvePositive(Matrix.beside(columns)); // [dIn, sum of ranks]
    return new LoraDelta(Nd4j.concat(1, bs).dup('c'), a.transpose().toArray(), 1);
  }

  private static DenseDelta dense(Delta[] deltas, List<Matrix> crosses, Matrix sum) {
    Matrix outputs = Matrix.of("delta", deltas[0].dense()).times(crosses.get(0)); // [dOut, dIn]
    for (int i = 1; i < deltas.length; i++) {
      outputs = outputs.plus(1, Matrix.of("delta", deltas[i].dense()).times(crosses.get(i)));
    }
    return new DenseDelta(sum.solvePositive(outputs.transpose()).transpose().toArray());
  }

  /** With {@code (1 - mix) y + mix x} in place of y. */
  private Products mixed(Products products) {
    double c = config.mix();
    if (c == 0) {
      return products;
    }
    Matrix xx = products.xx();
    Matrix xy = products.xy().scaled(1 - c).plus(c, xx);
    Matrix across = products.xy().plus(1, products.xy().transpose());
    Matrix yy = products.yy().scaled((1 - c) * (1 - c)).plus(c * (1 - c), across).plus(c * c, xx);
    return new Products(xx, xy, yy);
  }

  private Matrix ridged(Matrix products) {
    double ridge = config.ridge() * products.norm();
    return products.plus(ridge, Matrix.identity(products.rows()));
  }
}
