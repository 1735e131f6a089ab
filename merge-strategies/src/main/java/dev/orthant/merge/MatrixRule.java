package dev.orthant.merge;

import dev.orthant.core.lowrank.Matrix;
import java.util.List;

/**
 * What a rule makes of whole matrices that does not depend on orthonormal bases: turning all inputs
 * turns the result with them. So it can be applied to the small coordinates of low-rank deltas.
 */
interface MatrixRule {

  /** Singular values below this share of the greatest are rounding: deltas are single-precision. */
  double NEGLIGIBLE = 1e-6;

  /**
   * The merged matrix.
   *
   * @param deltas coordinates of the inputs, of one shape
   * @param weights of the inputs
   * @param smallerSide the lesser of dOut and dIn of the weights
   */
  Matrix merge(List<Matrix> deltas, double[] weights, int smallerSide);

  /** What the deltas of a tensor that is no matrix are multiplied by before they are added up. */
  double[] vectorCoefficients(double[] weights);

  /** The weighted inputs' mean over their number, as those rules have it that add deltas up. */
  static double[] meanOfWeighted(double[] weights, double lambda) {
    double[] out = weights.clone();
    for (int i = 0; i < out.length; i++) {
      out[i] *= lambda / out.length;
    }
    return out;
  }
}
