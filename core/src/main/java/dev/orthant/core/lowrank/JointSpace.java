package dev.orthant.core.lowrank;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Orthonormal bases that several deltas of one shape share, and each delta's coordinates in them:
 * {@code delta_i = left * coordinates_i * right'} to rounding in double precision.
 *
 * <p>Directions in which no delta has anything are left out, so whatever is made of the coordinates
 * is low-rank in the weights, and never depends on how a decomposition fills up its null space. No
 * matrix of the size of the weights is decomposed where deltas are low-rank.
 */
public final class JointSpace {

  private final @Nullable Matrix left; // [dOut, kOut], orthonormal columns; null for the identity
  private final @Nullable Matrix right; // [dIn, kIn], orthonormal columns; null for the identity
  private final List<Matrix> coordinates; // [kOut, kIn] each

  private JointSpace(@Nullable Matrix left, @Nullable Matrix right, List<Matrix> coordinates) {
    this.left = left;
    this.right = right;
    this.coordinates = List.copyOf(coordinates);
  }

  /**
   * The core space (Panariello et al., Accurate and Efficient Low-Rank Model Merging in Core Space,
   * 2025): left singular vectors of the {@code B_i} side by side, right ones of the {@code A_i} on
   * top of each other, and coordinates {@code U' s_i B_i A_i V}, [kOut, kIn] with kOut and kIn at
   * most the sum of the ranks.
   */
  public static JointSpace core(List<LoraDelta> deltas) {
    List<Matrix> bs = new ArrayList<>(); // [dOut, rank_i]
    List<Matrix> as = new ArrayList<>(); // [dIn, rank_i]
    for (LoraDelta delta : deltas) {
      bs.add(Matrix.of("B", delta.b()));
      as.add(Matrix.of("A", delta.a()).transpose());
    }
    Matrix left = leftVectors(Matrix.beside(bs));
    Matrix right = leftVectors(Matrix.beside(as));
    List<Matrix> cores = new ArrayList<>();
    for (int i = 0; i < deltas.size(); i++) {
      Matrix b = left.transposeTimes(bs.get(i)); // [kOut, rank_i]
      Matrix a = right.transposeTimes(as.get(i)); // [kIn, rank_i]
      cores.add(b.timesTranspose(a).scaled(deltas.get(i).scaling()));
    }
    return new JointSpace(left, right, cores);
  }

  /**
   * The space of KnOTS (Stoica et al., Model Merging with SVD to Tie the Knots, 2025): the deltas
   * side by side are {@code U S [V_1' .. V_N']}, the coordinates {@code S V_i'}, [kOut, dIn].
   * Singular values that are zero to rounding are left out.
   */
  public static JointSpace knots(List<? extends Delta> deltas) {
    List<Matrix> bs = new ArrayList<>(); // [dOut, rank_i]
    List<Matrix> as = new ArrayList<>(); // [dIn, rank_i]
    for (Delta delta : deltas) {
      bs.add(left(delta));
      as.add(right(delta));
    }
    Matrix.Qr joint = Matrix.beside(bs).qr();
    List<Matrix> rows = new ArrayList<>(); // R_i A_i [k, dIn]
    List<Matrix> small = new ArrayList<>(); // the same with A_i's triangle instead, [k, rank_i]
    int at = 0;
    for (Matrix a : as) {
      Matrix r = joint.r().columns(at, at + a.columns());
      at += a.columns();
      rows.add(r.timesTranspose(a));
      small.add(r.timesTranspose(a.qr().r()));
    }
    Matrix turn = leftVectors(Matrix.beside(small)); // [k, kOut]
    return new JointSpace(
        joint.q().times(turn), null, rows.stream().map(turn::transposeTimes).toList());
  }

  /**
   * A space for rules that do not depend on the bases: the core space if all deltas are low-rank,
   * the weights themselves otherwise.
   */
  public static JointSpace smallest(List<? extends Delta> deltas) {
    if (deltas.stream().allMatch(LoraDelta.class::isInstance)) {
      return core(deltas.stream().map(LoraDelta.class::cast).toList());
    }
    return new JointSpace(
        null, null, deltas.stream().map(d -> Matrix.of("delta", d.dense())).toList());
  }

  /** Each delta's coordinates [kOut, kIn], in order. */
  public List<Matrix> coordinates() {
    return coordinates;
  }

  /** The delta of coordinates: low-rank, except in the space of the weights themselves. */
  public Delta delta(Matrix coordinates) {
    if (left == null) {
      return new DenseDelta(coordinates.toArray());
    }
    if (right == null) {
      return new LoraDelta(left.toArray(), coordinates.toArray(), 1);
    }
    return coordinates.rows() <= coordinates.columns()
        ? new LoraDelta(left.toArray(), coordinates.timesTranspose(right).toArray(), 1)
        : new LoraDelta(left.times(coordinates).toArray(), right.transpose().toArray(), 1);
  }

  /** The matrix [dOut, dIn] of coordinates, in double precision. */
  public Matrix inWeights(Matrix coordinates) { // [kOut, kIn]
    return fromRight(leftInWeights(coordinates));
  }

  /** Coordinates of the left side turned into rows of the weights: [kOut, n] to [dOut, n]. */
  public Matrix leftInWeights(Matrix rows) {
    return left == null ? rows : left.times(rows);
  }

  /** Rows of the weights in coordinates of the right side: [n, dIn] to [n, kIn]. */
  public Matrix ontoRight(Matrix rows) {
    return right == null ? rows : rows.times(right);
  }

  /** Coordinates of the right side turned into columns of the weights: [n, kIn] to [n, dIn]. */
  public Matrix fromRight(Matrix columns) {
    return right == null ? columns : columns.timesTranspose(right);
  }

  /** Of the values that are not zero to rounding; one if all are. */
  private static Matrix leftVectors(Matrix matrix) {
    Matrix.Svd svd = matrix.svd();
    return svd.u().columns(0, Math.max(1, svd.rank()));
  }

  private static Matrix left(Delta delta) {
    return delta instanceof LoraDelta lora
        ? Matrix.of("B", lora.b()).scaled(lora.scaling())
        : Matrix.identity(Math.toIntExact(delta.shape()[0]));
  }

  private static Matrix right(Delta delta) {
    return delta instanceof LoraDelta lora
        ? Matrix.of("A", lora.a()).transpose()
        : Matrix.of("delta", delta.dense()).transpose();
  }
}
