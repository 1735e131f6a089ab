package dev.orthant.core.lowrank;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Algebra on deltas {@code scaling * B A} that never forms a matrix of the size of the weights.
 *
 * <p>Everything between reading and writing single-precision factors is computed in double
 * precision. With k the rank of a delta, a compression costs O((dOut + dIn) k^2), an inner product
 * O((dOut + dIn) k^2) and an energy under a Gram matrix O(dIn^2 k).
 */
public final class LowRank {

  private LowRank() {}

  /**
   * {@code sum_i weights[i] * deltas[i]} by concatenating factors: {@code B = [.. w_i s_i B_i ..]},
   * {@code A = [.. A_i ..]} stacked. Ranks add up; the only rounding is that of {@code w_i s_i B_i}
   * to single precision, and there is none when all {@code w_i s_i} are equal. Inputs of weight 0
   * take no rank.
   *
   * @param deltas at least one, all of one shape; their ranks and scalings may differ
   * @param weights one finite number a delta
   */
  public static LoraDelta weightedSum(List<LoraDelta> deltas, double... weights) {
    requireFitting(deltas, weights);
    double[] factors = new double[weights.length];
    Arrays.setAll(factors, i -> weights[i] * deltas.get(i).scaling());
    int[] used = IntStream.range(0, factors.length).filter(i -> factors[i] != 0).toArray();
    if (used.length == 0) {
      return deltas.get(0).times(0);
    }
    double common = factors[used[0]];
    boolean equal = Arrays.stream(used).allMatch(i -> factors[i] == common);
    INDArray[] bs = new INDArray[used.length]; // [dOut, rank_i]
    INDArray[] as = new INDArray[used.length]; // [rank_i, dIn]
    for (int i = 0; i < used.length; i++) {
      LoraDelta delta = deltas.get(used[i]);
      bs[i] = equal ? delta.b() : delta.b().mul(factors[used[i]]);
      as[i] = delta.a();
    }
    return new LoraDelta(
        Nd4j.concat(1, bs).dup('c'), Nd4j.concat(0, as).dup('c'), equal ? common : 1.0);
  }

  /**
   * The best approximation of a rank, by QR of both factors and the singular values of the small
   * product of the triangles (Eckart and Young, 1936). Singular values go to both factors in equal
   * shares and the scaling is 1. A delta whose rank is not above the one asked for is returned as
   * it is.
   *
   * @throws IllegalArgumentException if the rank is not positive or a factor is not finite
   */
  public static Compression compress(LoraDelta delta, int rank) {
    requireRank(rank);
    if (delta.rank() <= rank) {
      return new Compression(delta, 0);
    }
    Factored factored = factor(delta);
    return factored.cut(Math.min(rank, factored.s().length));
  }

  /**
   * The best approximation of the least rank that keeps a share of the energy, {@code
   * ||approximation||_F^2 >= energy * ||delta||_F^2}. The rank is at least 1, also for a delta of
   * zero.
   *
   * @param energy in (0, 1]; 1 removes only what is zero to double precision
   */
  public static Compression compress(LoraDelta delta, double energy) {
    requireEnergy(energy);
    Factored factored = factor(delta);
    return factored.cut(rankForEnergy(factored.s(), energy));
  }

  /**
   * The best low-rank approximation of a matrix, by its full decomposition. The rank of the result
   * is at most min(dOut, dIn).
   *
   * @throws IllegalArgumentException if the delta is not a matrix
   */
  public static Compression truncate(DenseDelta delta, int rank) {
    requireRank(rank);
    Factored factored = factor(delta);
    return factored.cut(Math.min(rank, factored.s().length));
  }

  /** The best approximation of a matrix of the least rank that keeps a share of the energy. */
  public static Compression truncate(DenseDelta delta, double energy) {
    requireEnergy(energy);
    Factored factored = factor(delta);
    return factored.cut(rankForEnergy(factored.s(), energy));
  }

  /**
   * The best approximation of the least rank that keeps a share of the energy, but of no more than
   * {@code maxRank}. A dense delta has to be a matrix.
   *
   * @param energy in (0, 1]
   */
  public static Compression compress(Delta delta, int maxRank, double energy) {
    requireRank(maxRank);
    requireEnergy(energy);
    Factored factored = delta instanceof LoraDelta lora ? factor(lora) : factor((DenseDelta) delta);
    return factored.cut(Math.min(maxRank, rankForEnergy(factored.s(), energy)));
  }

  /**
   * An approximation of a matrix of the least rank, at most {@code maxRank}, that keeps a share of
   * the energy. Large matrices are approximated from random directions; the error is that of this
   * approximation, computed and not estimated. Equal seeds give equal bits.
   *
   * @param energy in (0, 1]
   */
  public static Compression approximate(DenseDelta delta, int maxRank, double energy, long seed) {
    requireRank(maxRank);
    requireEnergy(energy);
    requireMatrix(delta);
    Matrix matrix = Matrix.of("delta", delta.values());
    Matrix.Svd svd = new RandomizedSvd(matrix, seed).of(maxRank, energy);
    double all = matrix.norm() * matrix.norm();
    if (all == 0) {
      return new Compression(new Factored(svd.u(), svd.s(), svd.vt()).cut(1).delta(), 0);
    }
    double kept = 0;
    int rank = 0;
    while (rank < Math.min(maxRank, svd.s().length) && (rank == 0 || kept < energy * all)) {
      kept += svd.s()[rank] * svd.s()[rank];
      rank++;
    }
    Compression cut = new Factored(svd.u(), svd.s(), svd.vt()).cut(rank);
    return new Compression(cut.delta(), Math.sqrt(Math.max(0, all - kept) / all));
  }

  /**
   * The singular values of a delta, descending: as many as its rank allows, those of a low-rank
   * delta without forming the matrix.
   */
  public static double[] singularValues(Delta delta) {
    return delta instanceof LoraDelta lora ? factor(lora).s() : factor((DenseDelta) delta).s();
  }

  /**
   * The Frobenius inner product of two deltas of one shape: {@code s_x s_y trace((Bx'By)(Ay Ax'))}
   * for two low-rank ones. Of any shape if both are dense.
   */
  public static double inner(Delta x, Delta y) {
    if (!Arrays.equals(x.shape(), y.shape())) {
      throw new IllegalArgumentException(
          "an inner product needs equal shapes, were %s and %s"
              .formatted(Arrays.toString(x.shape()), Arrays.toString(y.shape())));
    }
    if (x instanceof LoraDelta lx && y instanceof LoraDelta ly) {
      Matrix bb = Matrix.of("B", lx.b()).transposeTimes(Matrix.of("B", ly.b())); // [rx, ry]
      Matrix aa = Matrix.of("A", lx.a()).timesTranspose(Matrix.of("A", ly.a())); // [rx, ry]
      return lx.scaling() * ly.scaling() * bb.dot(aa);
    }
    if (x instanceof LoraDelta lx) {
      return inner(lx, ((DenseDelta) y).values());
    }
    if (y instanceof LoraDelta ly) {
      return inner(ly, ((DenseDelta) x).values());
    }
    return dot(((DenseDelta) x).values(), ((DenseDelta) y).values());
  }

  /** The cosine of the angle between two deltas of one shape; 0 if one of them is zero. */
  public static double cosine(Delta x, Delta y) {
    double norms = x.norm() * y.norm();
    return norms == 0 ? 0 : Math.max(-1, Math.min(1, inner(x, y) / norms));
  }

  /**
   * {@code ||X D'||_F^2 = trace(D G D')}: what a delta D [dOut, dIn] makes of features X [n, dIn]
   * with the uncentred Gram matrix G = X'X.
   *
   * @param gram [dIn, dIn], row-major, symmetric
   */
  public static double energy(Delta delta, double[] gram) {
    int in = (int) requireMatrix(delta)[1];
    if (gram.length != (long) in * in) {
      throw new IllegalArgumentException(
          "a Gram matrix for %d inputs has %d elements, was %d"
              .formatted(in, (long) in * in, gram.length));
    }
    Matrix g = new Matrix(in, in, gram);
    if (delta instanceof LoraDelta lora) {
      Matrix a = Matrix.of("A", lora.a());
      Matrix b = Matrix.of("B", lora.b());
      double sum = b.transposeTimes(b).dot(a.times(g).timesTranspose(a));
      return lora.scaling() * lora.scaling() * Math.max(0, sum);
    }
    Matrix d = Matrix.of("delta", ((DenseDelta) delta).values());
    return Math.max(0, d.times(g).dot(d));
  }

  private static double inner(LoraDelta lora, INDArray dense) {
    Matrix b = Matrix.of("B", lora.b());
    Matrix a = Matrix.of("A", lora.a());
    return lora.scaling() * Matrix.of("delta", dense).timesTranspose(a).dot(b);
  }

  private static double dot(INDArray x, INDArray y) {
    ElementTiles xs = ElementTiles.of(x);
    ElementTiles ys = ElementTiles.of(y);
    float[] tx = new float[ElementTiles.TILE];
    float[] ty = new float[ElementTiles.TILE];
    double sum = 0;
    for (long at = 0; at < xs.size(); at += ElementTiles.TILE) {
      int length = (int) Math.min(ElementTiles.TILE, xs.size() - at);
      xs.read(at, tx, length);
      ys.read(at, ty, length);
      sum += dot(tx, ty, length);
    }
    return sum;
  }

  /** In four sums, so that additions need not wait for each other. */
  private static double dot(float[] x, float[] y, int length) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int k = 0;
    for (; k + 3 < length; k += 4) {
      s0 += (double) x[k] * y[k];
      s1 += (double) x[k + 1] * y[k + 1];
      s2 += (double) x[k + 2] * y[k + 2];
      s3 += (double) x[k + 3] * y[k + 3];
    }
    for (; k < length; k++) {
      s0 += (double) x[k] * y[k];
    }
    return (s0 + s1) + (s2 + s3);
  }

  /** Left vectors [dOut, k], singular values of the delta [k], right vectors [k, dIn]. */
  private record Factored(Matrix left, double[] s, Matrix right) {

    Compression cut(int rank) {
      double[] root = new double[rank];
      Arrays.setAll(root, i -> Math.sqrt(s[i]));
      double lost = 0;
      double all = 0;
      for (int i = s.length - 1; i >= 0; i--) {
        all += s[i] * s[i];
        lost += i >= rank ? s[i] * s[i] : 0;
      }
      LoraDelta delta =
          new LoraDelta(
              left.scaledColumns(rank, root).toArray(), right.scaledRows(rank, root).toArray(), 1);
      return new Compression(delta, all == 0 ? 0 : Math.sqrt(lost / all));
    }
  }

  private static Factored factor(LoraDelta delta) {
    Matrix.Qr b = Matrix.of("B", delta.b()).qr();
    Matrix.Qr a = Matrix.of("A", delta.a()).transpose().qr();
    Matrix.Svd core = b.r().timesTranspose(a.r()).svd();
    double scaling = delta.scaling();
    double[] s = Arrays.stream(core.s()).map(v -> v * Math.abs(scaling)).toArray();
    double[] sign = new double[s.length];
    Arrays.fill(sign, Math.signum(scaling));
    return new Factored(
        b.q().times(core.u()).scaledColumns(s.length, sign), s, core.vt().timesTranspose(a.q()));
  }

  private static Factored factor(DenseDelta delta) {
    requireMatrix(delta);
    Matrix.Svd svd = Matrix.of("delta", delta.values()).svd();
    return new Factored(svd.u(), svd.s(), svd.vt());
  }

  private static int rankForEnergy(double[] s, double energy) {
    double all = Arrays.stream(s).map(v -> v * v).sum();
    // what is below rounding in the largest value is no energy
    double negligible = s[0] * s.length * Math.ulp(1.0);
    double kept = 0;
    for (int i = 0; i < s.length; i++) {
      if (i > 0 && (s[i] <= negligible || kept >= energy * all)) {
        return i;
      }
      kept += s[i] * s[i];
    }
    return s.length;
  }

  private static void requireFitting(List<LoraDelta> deltas, double[] weights) {
    if (deltas.isEmpty() || deltas.size() != weights.length) {
      throw new IllegalArgumentException(
          "a sum needs a weight for each of at least one delta, were %d and %d"
              .formatted(weights.length, deltas.size()));
    }
    long[] shape = deltas.get(0).shape();
    for (int i = 0; i < weights.length; i++) {
      if (!Arrays.equals(shape, deltas.get(i).shape())) {
        throw new IllegalArgumentException(
            "deltas of one sum have one shape, number %d has %s instead of %s"
                .formatted(i, Arrays.toString(deltas.get(i).shape()), Arrays.toString(shape)));
      }
      if (!Double.isFinite(weights[i])) {
        throw new IllegalArgumentException(
            "weights must be finite, number %d was %s".formatted(i, weights[i]));
      }
    }
  }

  private static long[] requireMatrix(Delta delta) {
    long[] shape = delta.shape();
    if (shape.length != 2) {
      throw new IllegalArgumentException(
          "the delta must be a matrix, its shape was " + Arrays.toString(shape));
    }
    return shape;
  }

  private static void requireRank(int rank) {
    if (rank < 1) {
      throw new IllegalArgumentException("rank must be at least 1, was " + rank);
    }
  }

  private static void requireEnergy(double energy) {
    if (!(energy > 0 && energy <= 1)) {
      throw new IllegalArgumentException("energy must be in (0, 1], was " + energy);
    }
  }
}
