package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.JointSpace;
import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.spi.DeltaTransform;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Calibrates the singular values of a merged delta by those it was merged from. */
record SvcTransform(SvcConfig config) implements DeltaTransform {

  @Override
  public Result transform(
      String tensor, Delta delta, Optional<FeatureStatistics> own, List<FeatureStatistics> others) {
    throw new IllegalArgumentException(
        "svc compares a merged delta with what was merged, so it can only come after a merge");
  }

  @Override
  public Result afterMerge(MergeTensor inputs, Delta merged) {
    if (inputs.shape().length != 2) {
      return new Result(merged, 0);
    }
    List<Delta> all = new ArrayList<>(List.of(merged));
    for (int i = 0; i < inputs.inputs(); i++) {
      all.add(inputs.delta(i));
    }
    JointSpace space = JointSpace.smallest(all);
    List<Matrix> coordinates = space.coordinates();
    Matrix before = coordinates.get(0);
    Matrix after = calibrated(before, coordinates.subList(1, coordinates.size()));
    double norm = before.norm();
    return new Result(space.delta(after), norm == 0 ? 0 : after.plus(-1, before).norm() / norm);
  }

  private Matrix calibrated(Matrix merged, List<Matrix> tasks) {
    Matrix.Svd svd = merged.svd();
    int rank = svd.rank(MatrixRule.NEGLIGIBLE);
    double[] counted = new double[rank]; // sum_i max(alpha, s_r,i)
    for (Matrix task : tasks) {
      Matrix responses = svd.u().columns(0, rank).transposeTimes(task); // [rank, columns]
      for (int r = 0; r < rank; r++) {
        Matrix response = responses.rows(r, r + 1);
        double square = response.dot(response);
        double product = svd.s()[r] * svd.vt().rows(r, r + 1).dot(response);
        counted[r] += square == 0 ? config.alpha() : Math.max(config.alpha(), product / square);
      }
    }
    double[] values = new double[rank];
    for (int r = 0; r < rank; r++) {
      values[r] = svd.s()[r] * tasks.size() / counted[r];
    }
    return svd.u().scaledColumns(rank, values).times(svd.vt().rows(0, rank));
  }
}
