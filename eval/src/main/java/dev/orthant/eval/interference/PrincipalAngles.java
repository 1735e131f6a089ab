package dev.orthant.eval.interference;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.Matrix;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The angles between the row spaces of two tasks' A, by the singular values of {@code Q_1 Q_2'} for
 * orthonormal bases Q_1 and Q_2 (Bjoerck and Golub, 1973).
 *
 * @param first a task
 * @param second another one
 * @param degrees in [0, 90], ascending, as many as the smaller space has dimensions; 0 for a common
 *     direction, to about a millionth of a degree
 */
public record PrincipalAngles(String first, String second, List<Double> degrees) {

  /** Copies the list. */
  public PrincipalAngles {
    degrees = List.copyOf(degrees);
  }

  /**
   * Measures two tasks' rows.
   *
   * @param a [rank, dIn] of the first task; dependent rows count once
   * @param b [rank, dIn] of the second task
   */
  static PrincipalAngles between(String first, Matrix a, String second, Matrix b) {
    Matrix one = basis(a);
    Matrix other = basis(b);
    if (one.rows() == 0 || other.rows() == 0) {
      return new PrincipalAngles(first, second, List.of());
    }
    double[] cosines = one.timesTranspose(other).svd().s();
    return new PrincipalAngles(
        first,
        second,
        Arrays.stream(cosines)
            .map(c -> Math.toDegrees(Math.acos(Math.min(1, c))))
            .boxed()
            .toList());
  }

  /**
   * The mean angle over all modules that both tasks have a low-rank delta for; NaN if there is
   * none.
   *
   * @param one by module
   * @param other by module
   */
  public static double mean(Map<String, ? extends Delta> one, Map<String, ? extends Delta> other) {
    double sum = 0;
    int count = 0;
    for (var module : one.entrySet()) {
      if (module.getValue() instanceof LoraDelta a
          && other.get(module.getKey()) instanceof LoraDelta b) {
        PrincipalAngles angles = between("", Matrix.of("A", a.a()), "", Matrix.of("A", b.a()));
        for (double degrees : angles.degrees()) {
          sum += degrees;
          count++;
        }
      }
    }
    return sum / count;
  }

  /** Orthonormal rows of the row space. */
  private static Matrix basis(Matrix a) {
    Matrix.Svd svd = a.svd();
    return svd.vt().rows(0, svd.rank());
  }
}
