package dev.orthant.core.testing;

import dev.orthant.core.stats.FeatureStatistics;
import java.util.Random;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Statistics of random features, and random orthonormal rows. */
public final class RandomStatistics {

  private static final int SAMPLES_PER_DIMENSION = 4;

  private RandomStatistics() {}

  /** Statistics of normal features of unequal variances and a mean that is not zero. */
  public static FeatureStatistics of(String task, int dimension, long seed) {
    Random random = new Random(seed);
    double[][] mixing = new double[dimension][dimension];
    for (double[] row : mixing) {
      for (int j = 0; j < dimension; j++) {
        row[j] = random.nextGaussian() / (1 + j);
      }
    }
    int count = SAMPLES_PER_DIMENSION * dimension;
    double[] sum = new double[dimension];
    double[] gram = new double[dimension * dimension];
    for (int n = 0; n < count; n++) {
      double[] x = feature(mixing, random);
      for (int i = 0; i < dimension; i++) {
        sum[i] += x[i];
        for (int j = 0; j < dimension; j++) {
          gram[i * dimension + j] += x[i] * x[j];
        }
      }
    }
    return new FeatureStatistics(task, count, sum, gram);
  }

  /** Rows [rank, dimension] of a random orthogonal matrix. */
  public static INDArray orthonormalRows(int rank, int dimension, long seed) {
    Random random = new Random(seed);
    double[][] rows = new double[rank][dimension];
    for (int i = 0; i < rank; i++) {
      for (int j = 0; j < dimension; j++) {
        rows[i][j] = random.nextGaussian();
      }
      for (int k = 0; k < i; k++) {
        double overlap = dot(rows[i], rows[k]);
        for (int j = 0; j < dimension; j++) {
          rows[i][j] -= overlap * rows[k][j];
        }
      }
      double norm = Math.sqrt(dot(rows[i], rows[i]));
      for (int j = 0; j < dimension; j++) {
        rows[i][j] /= norm;
      }
    }
    float[] values = new float[rank * dimension];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) rows[i / dimension][i % dimension];
    }
    return Nd4j.createFromArray(values).reshape('c', rank, dimension);
  }

  private static double[] feature(double[][] mixing, Random random) {
    double[] x = new double[mixing.length];
    for (int j = 0; j < x.length; j++) {
      double z = random.nextGaussian() + 0.5;
      for (int i = 0; i < x.length; i++) {
        x[i] += mixing[i][j] * z;
      }
    }
    return x;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
