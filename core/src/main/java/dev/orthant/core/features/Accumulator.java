package dev.orthant.core.features;

import dev.orthant.core.spi.MatrixOps;
import dev.orthant.core.stats.FeatureStatistics;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Sums over the batches of one input. The latest batch is held apart until the next one, so that a
 * module that turns out to read another input can still leave with what it shared.
 */
final class Accumulator {

  private final String leader;
  private final int dimension;
  private final double[] sum; // [d]
  private final double[] gram; // [d, d], on and below the diagonal
  private final INDArray latestGram; // [d, d], on and below the diagonal
  private float[] latestSum = {};
  private long latestCount;
  private long count;
  private int batches;

  /** Nothing yet; the leader is the module whose batches are taken. */
  Accumulator(String leader, int dimension) {
    this(leader, dimension, new double[dimension], new double[dimension * dimension]);
  }

  private Accumulator(String leader, int dimension, double[] sum, double[] gram) {
    this.leader = leader;
    this.dimension = dimension;
    this.sum = sum;
    this.gram = gram;
    this.latestGram = Nd4j.zeros(DataType.FLOAT, dimension, dimension);
  }

  String leader() {
    return leader;
  }

  int dimension() {
    return dimension;
  }

  int batches() {
    return batches;
  }

  /** Whether the latest batch has these column sums, and so is this batch. */
  boolean hasJustTaken(float[] columnSums, long rows) {
    return latestCount == rows && Arrays.equals(latestSum, columnSums);
  }

  /** Adds a batch x [rows, d] of these column sums. */
  void take(INDArray x, float[] columnSums, MatrixOps ops) {
    settle();
    ops.gram(x, latestGram);
    latestSum = columnSums;
    latestCount = x.size(0);
    batches++;
  }

  /** What was taken before the latest batch, for a module that leaves. */
  Accumulator beforeTheLatestBatch(String newLeader) {
    Accumulator copy = new Accumulator(newLeader, dimension, sum.clone(), gram.clone());
    copy.count = count;
    copy.batches = batches - 1;
    return copy;
  }

  /** The sums over all batches. */
  FeatureStatistics statistics(String task) {
    settle();
    return new FeatureStatistics(task, count, sum.clone(), symmetric(gram));
  }

  private void settle() {
    if (latestCount == 0) {
      return;
    }
    FloatBuffer values = latestGram.data().asNioFloat();
    float[] row = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      values.get(i * dimension, row, 0, i + 1);
      for (int j = 0; j <= i; j++) {
        gram[i * dimension + j] += row[j];
      }
    }
    for (int i = 0; i < dimension; i++) {
      sum[i] += latestSum[i];
    }
    count += latestCount;
    latestCount = 0;
  }

  /** The whole of what is known on and below the diagonal. */
  private double[] symmetric(double[] lower) {
    double[] s = new double[lower.length];
    for (int i = 0; i < dimension; i++) {
      for (int j = 0; j <= i; j++) {
        s[i * dimension + j] = lower[i * dimension + j];
        s[j * dimension + i] = lower[i * dimension + j];
      }
    }
    return s;
  }
}
