package dev.orthant.core.kernel;

import dev.orthant.core.spi.ShapeMismatchException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What the operations ask of the shapes of their arguments. */
final class Shapes {

  private static final int LAYERS =
      16; // that have one input; Workspace.OPERANDS is enough for them

  private Shapes() {}

  /** Refuses any other shape. */
  static void require(String name, INDArray array, long... expected) {
    if (!Arrays.equals(array.shape(), expected)) {
      throw new ShapeMismatchException(name, expected, array.shape());
    }
  }

  /** Refuses any other shape than [size]; without making an array of it. */
  static void require(String name, INDArray array, long size) {
    if (array.rank() != 1 || array.size(0) != size) {
      throw new ShapeMismatchException(name, new long[] {size}, array.shape());
    }
  }

  /** Refuses any other shape than [rows, columns]; without making an array of it. */
  static void require(String name, INDArray array, long rows, long columns) {
    if (array.rank() != 2 || array.size(0) != rows || array.size(1) != columns) {
      throw new ShapeMismatchException(name, new long[] {rows, columns}, array.shape());
    }
  }

  /** Refuses any other shape than [size]; null is let through. */
  static void requireOrNull(String name, @Nullable INDArray array, long size) {
    if (array != null) {
      require(name, array, size);
    }
  }

  /** Refuses any other shape; null is let through. */
  static void requireOrNull(String name, @Nullable INDArray array, long... expected) {
    if (array != null) {
      require(name, array, expected);
    }
  }

  /** Refuses shapes unlike {@code like}. */
  static void same(String name, INDArray array, INDArray like) {
    require(name, array, like.shape());
  }

  /** Refuses anything but two dimensions. */
  static void matrix(String name, INDArray array) {
    if (array.rank() != 2) {
      throw new IllegalArgumentException(
          "'%s' has shape %s, expected two dimensions"
              .formatted(name, Arrays.toString(array.shape())));
    }
  }

  /** Refuses sequences that are empty or do not cover the rows. */
  static void packed(int[] offsets, long rows) {
    if (offsets.length < 2 || offsets[0] != 0 || offsets[offsets.length - 1] != rows) {
      throw new IllegalArgumentException(
          "offsets %s do not cover %d rows".formatted(Arrays.toString(offsets), rows));
    }
    for (int i = 1; i < offsets.length; i++) {
      if (offsets[i] <= offsets[i - 1]) {
        throw new IllegalArgumentException("sequence " + (i - 1) + " is empty");
      }
    }
  }

  /** Refuses operands that do not multiply. */
  static void product(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray c) {
    matrix("a", a);
    matrix("b", b);
    long m = a.size(transposeA ? 1 : 0);
    long k = a.size(transposeA ? 0 : 1);
    long n = b.size(transposeB ? 0 : 1);
    require("b", b, transposeB ? n : k, transposeB ? k : n);
    require("c", c, m, n);
  }

  /** Refuses inputs or results that a layer does not have. */
  static void frozen(INDArray x, FrozenLinear layer, INDArray y) {
    matrix("x", x);
    require("x", x, x.size(0), layer.inputs());
    require("y", y, x.size(0), layer.outputs());
  }

  /** Refuses anything but one array for each layer, at least one and at most 16. */
  static void layers(List<FrozenLinear> layers, List<INDArray> arrays) {
    if (layers.isEmpty() || layers.size() != arrays.size() || layers.size() > LAYERS) {
      throw new IllegalArgumentException(
          "%d layers with %d arrays, expected as many of each, at least 1 and at most %d"
              .formatted(layers.size(), arrays.size(), LAYERS));
    }
  }

  /** Refuses what layer normalisation cannot take. */
  static void layerNorm(
      INDArray x,
      @Nullable INDArray residual,
      INDArray gamma,
      INDArray beta,
      INDArray stats,
      INDArray y) {
    matrix("x", x);
    requireOrNull("residual", residual, x.shape());
    require("gamma", gamma, x.size(1));
    require("beta", beta, x.size(1));
    require("stats", stats, x.size(0), 2);
    same("y", y, x);
  }

  /** Refuses operations on columns whose matrices differ or whose vectors do not fit. */
  static void columns(INDArray x, INDArray first, INDArray second, INDArray y) {
    matrix("x", x);
    same("y", y, x);
    require("factors or sums", first, x.size(1));
    require("shifts", second, x.size(1));
  }

  /** Refuses what RMS normalisation cannot take. */
  static void rmsNorm(
      INDArray x, @Nullable INDArray residual, INDArray gamma, INDArray stats, INDArray y) {
    matrix("x", x);
    requireOrNull("residual", residual, x.shape());
    require("gamma", gamma, x.size(1));
    require("stats", stats, x.size(0), 1);
    same("y", y, x);
  }

  /** Refuses arrays of different shapes. */
  static void gate(INDArray gate, INDArray... others) {
    for (INDArray other : others) {
      same("up, y or gradient", other, gate);
    }
  }

  /** Refuses rows that are no whole heads or have no positions, and returns the heads. */
  static int rotation(INDArray x, Rotation rotation, int[] positions) {
    matrix("x", x);
    require("x", x, positions.length, x.size(1));
    if (x.size(1) % rotation.width() != 0) {
      throw new IllegalArgumentException(
          "%d columns are no heads of width %d".formatted(x.size(1), rotation.width()));
    }
    for (int i = 0; i < positions.length; i++) {
      if (positions[i] < 0) {
        throw new IllegalArgumentException(
            "position %d of row %d is negative".formatted(positions[i], i));
      }
    }
    return (int) (x.size(1) / rotation.width());
  }

  /**
   * Refuses queries and keys that attention cannot take, and returns the width of one head.
   *
   * @param k keys, values or a gradient of theirs
   */
  static int attention(
      AttentionForm form, INDArray q, int[] queryOffsets, INDArray k, int[] keyOffsets) {
    matrix("q", q);
    matrix("k", k);
    packed(queryOffsets, q.size(0));
    packed(keyOffsets, k.size(0));
    if (q.size(1) % form.heads() != 0) {
      throw new IllegalArgumentException(
          "%d columns cannot be shared by %d heads".formatted(q.size(1), form.heads()));
    }
    long width = q.size(1) / form.heads();
    require("k", k, k.size(0), form.keyHeads() * width);
    if (queryOffsets.length != keyOffsets.length) {
      throw new IllegalArgumentException(
          "%d sequences of queries do not fit %d of keys"
              .formatted(queryOffsets.length - 1, keyOffsets.length - 1));
    }
    for (int i = 1; form.causal() && i < keyOffsets.length; i++) {
      int queries = queryOffsets[i] - queryOffsets[i - 1];
      int keys = keyOffsets[i] - keyOffsets[i - 1];
      if (queries > keys) {
        throw new IllegalArgumentException(
            "sequence %d has %d queries and %d keys; causal attention needs a key for each query"
                .formatted(i - 1, queries, keys));
      }
    }
    return (int) width;
  }

  /** Refuses tables of different widths and indices out of range. */
  static void embedding(
      int[] tokenIds,
      int[] positionIds,
      int[] typeIds,
      INDArray word,
      @Nullable INDArray position,
      @Nullable INDArray type,
      INDArray out) {
    matrix("out", out);
    require("out", out, tokenIds.length, out.size(1));
    table("token", tokenIds, "word", word, out);
    if (position != null) {
      table("position", positionIds, "position", position, out);
    }
    if (type != null) {
      table("type", typeIds, "type", type, out);
    }
  }

  private static void table(String kind, int[] indices, String name, INDArray table, INDArray out) {
    require(name, table, table.size(0), out.size(1));
    if (indices.length != out.size(0)) {
      throw new IllegalArgumentException(
          "%d %s ids do not fit %d rows".formatted(indices.length, kind, out.size(0)));
    }
    inRange(kind, indices, table.size(0));
  }

  /** Refuses parts whose columns are not those of x together, and too many of them. */
  static void sideBySide(INDArray x, List<INDArray> parts) {
    matrix("x", x);
    long width = 0;
    for (INDArray part : parts) {
      require("part", part, x.size(0), part.size(1));
      width += part.size(1);
    }
    if (parts.size() > LAYERS) {
      throw new IllegalArgumentException(
          "%d parts, expected at most %d".formatted(parts.size(), LAYERS));
    }
    require("x", x, x.size(0), width);
  }

  /** Refuses rows that are not there. */
  static void taken(INDArray x, int[] rows, INDArray y) {
    matrix("x", x);
    require("y", y, rows.length, x.size(1));
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] < 0 || rows[i] >= x.size(0)) {
        throw new IllegalArgumentException(
            "row %d is out of range, expected [0, %d)".formatted(rows[i], x.size(0)));
      }
    }
  }

  /** Refuses pooled rows that do not fit the sequences. */
  static void pooled(INDArray rows, int[] offsets, INDArray pooled) {
    matrix("rows", rows);
    packed(offsets, rows.size(0));
    require("pooled", pooled, offsets.length - 1, rows.size(1));
  }

  /** Refuses labels that are not the index of a class. */
  static void crossEntropy(INDArray logits, float[] labels, INDArray dLogits) {
    matrix("logits", logits);
    require("logits", logits, labels.length, logits.size(1));
    same("dLogits", dLogits, logits);
    long classes = logits.size(1);
    for (int i = 0; i < labels.length; i++) {
      if (!(labels[i] >= 0 && labels[i] < classes && labels[i] == (int) labels[i])) {
        throw new IllegalArgumentException(
            "label %s of row %d is not a class in [0, %d)".formatted(labels[i], i, classes));
      }
    }
  }

  private static void inRange(String kind, int[] ids, long end) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= end) {
        throw new IllegalArgumentException(
            "%s id %d at row %d is out of range, expected [0, %d)".formatted(kind, ids[i], i, end));
      }
    }
  }
}
