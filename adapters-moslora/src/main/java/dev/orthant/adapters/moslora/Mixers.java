package dev.orthant.adapters.moslora;

import dev.orthant.adapters.moslora.MosloraConfig.MixerInit;
import dev.orthant.core.adapter.InitialA;
import java.util.function.DoubleSupplier;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** First values of a mixer [rank, rank]. */
final class Mixers {

  private Mixers() {}

  static INDArray draw(MixerInit init, RandomGenerator random, int rank) {
    if (init instanceof MixerInit.Kaiming) {
      return InitialA.KAIMING.draw(random, rank, rank);
    }
    if (init instanceof MixerInit.Xavier) {
      double bound = Math.sqrt(3.0 / rank);
      return array(filled(rank, () -> bound * (2 * random.nextDouble() - 1)));
    }
    if (init instanceof MixerInit.Normal) {
      return array(filled(rank, () -> random.nextGaussian() / Math.sqrt(rank)));
    }
    if (init instanceof MixerInit.Orthogonal) {
      return array(orthogonal(random, rank));
    }
    if (init instanceof MixerInit.Zero) {
      return array(new double[rank][rank]);
    }
    if (init instanceof MixerInit.TwoSubspaces) {
      return array(subspaces(rank, 2));
    }
    if (init instanceof MixerInit.Subspaces subspaces) {
      return array(subspaces(rank, subspaces.count()));
    }
    return identity(rank);
  }

  /**
   * mixer * A [rank, dIn], so that B times it is the same delta without a mixer. The product is in
   * double precision and rounded once, which loses less than a forward pass with the mixer does.
   */
  static INDArray fold(INDArray mixer, INDArray a) {
    return mixer
        .castTo(DataType.DOUBLE)
        .mmul(a.castTo(DataType.DOUBLE))
        .castTo(DataType.FLOAT)
        .dup('c');
  }

  /**
   * An orthogonal matrix, uniform under rotation: Gram and Schmidt's process on rows of normal
   * numbers, twice a row because once loses orthogonality to rounding.
   */
  private static double[][] orthogonal(RandomGenerator random, int rank) {
    double[][] rows = filled(rank, random::nextGaussian);
    for (int i = 0; i < rank; i++) {
      for (int k = 0; k < 2 * i; k++) {
        addTo(rows[i], -dot(rows[i], rows[k % i]), rows[k % i]);
      }
      double norm = Math.sqrt(dot(rows[i], rows[i]));
      for (int j = 0; j < rank; j++) {
        rows[i][j] /= norm;
      }
    }
    return rows;
  }

  static INDArray identity(int rank) {
    double[][] rows = new double[rank][rank];
    for (int i = 0; i < rank; i++) {
      rows[i][i] = 1;
    }
    return array(rows);
  }

  /** Ones where rows and columns are the same place of their parts. */
  private static double[][] subspaces(int rank, int count) {
    double[][] rows = new double[rank][rank];
    int part = rank / count;
    for (int i = 0; i < rank; i++) {
      for (int j = i % part; j < rank; j += part) {
        rows[i][j] = 1;
      }
    }
    return rows;
  }

  private static double[][] filled(int rank, DoubleSupplier next) {
    double[][] rows = new double[rank][rank];
    for (double[] row : rows) {
      for (int j = 0; j < rank; j++) {
        row[j] = next.getAsDouble();
      }
    }
    return rows;
  }

  private static void addTo(double[] row, double factor, double[] other) {
    for (int j = 0; j < row.length; j++) {
      row[j] += factor * other[j];
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }

  private static INDArray array(double[][] rows) {
    float[] values = new float[rows.length * rows.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) rows[i / rows.length][i % rows.length];
    }
    return Nd4j.createFromArray(values).reshape('c', rows.length, rows.length);
  }
}
