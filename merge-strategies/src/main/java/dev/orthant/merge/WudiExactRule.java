package dev.orthant.merge;

import dev.orthant.core.lowrank.Matrix;
import java.util.ArrayList;
import java.util.List;

/** The minimum of the interference with the inputs' row spaces. */
record WudiExactRule(WudiExactConfig config) implements MatrixRule {

  @Override
  public Matrix merge(List<Matrix> deltas, double[] weights, int smallerSide) {
    double[] shares = Shares.ofSquares(weights);
    List<Matrix> units = new ArrayList<>(); // sqrt(w_i) tau_i' / |tau_i|, [columns, rows] each
    Matrix outputs = null; // sum_i w_i tau_i G_i
    for (int i = 0; i < shares.length; i++) {
      double norm = deltas.get(i).norm();
      if (norm == 0 || shares[i] == 0) {
        continue; // has no row space
      }
      Matrix unit = deltas.get(i).scaled(Math.sqrt(shares[i]) / norm);
      units.add(unit.transpose());
      Matrix output = deltas.get(i).times(unit.transposeTimes(unit));
      outputs = outputs == null ? output : outputs.plus(1, output);
    }
    if (outputs == null) {
      return deltas.get(0).scaled(0);
    }
    return divided(outputs, Matrix.beside(units)).scaled(config.lambda());
  }

  @Override
  public double[] vectorCoefficients(double[] weights) {
    double[] shares = Shares.ofSquares(weights);
    for (int i = 0; i < shares.length; i++) {
      shares[i] *= config.lambda();
    }
    return shares;
  }

  /** {@code outputs (X X')^+}, from the singular vectors of X. */
  private static Matrix divided(Matrix outputs, Matrix x) {
    Matrix.Svd svd = x.svd();
    int rank = svd.rank(NEGLIGIBLE);
    double[] inverses = new double[rank];
    for (int i = 0; i < rank; i++) {
      inverses[i] = 1 / (svd.s()[i] * svd.s()[i]);
    }
    Matrix u = svd.u().columns(0, rank);
    return outputs.times(u).scaledColumns(rank, inverses).timesTranspose(u);
  }
}
