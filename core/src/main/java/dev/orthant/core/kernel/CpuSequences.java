package dev.orthant.core.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Embeddings, rotations, pooling: what goes by position or sequence. */
final class CpuSequences {

  private final CpuTiles tiles;
  private final WorkerPool pool;
  private final ThreadLocal<Workspace> workspace;

  CpuSequences(CpuTiles tiles, WorkerPool pool, ThreadLocal<Workspace> workspace) {
    this.tiles = tiles;
    this.pool = pool;
    this.workspace = workspace;
  }

  void embed(
      int[] tokenIds,
      int[] positionIds,
      int[] typeIds,
      Floats word,
      @Nullable Floats position,
      @Nullable Floats type,
      int width,
      Floats out) {
    tiles.rows(
        tokenIds.length,
        width,
        (row, ws) -> {
          float[] sum = ws.tile(0, width);
          Arrays.fill(sum, 0, width, 0f);
          if (position != null) {
            add(position, positionIds[row], sum, width, ws);
          }
          if (type != null) {
            add(type, typeIds[row], sum, width, ws);
          }
          add(word, tokenIds[row], sum, width, ws);
          out.put(row * width, sum, width);
        });
  }

  private static void add(Floats table, int row, float[] sum, int width, Workspace ws) {
    float[] t = ws.tile(1, width);
    table.get(row * width, t, width);
    for (int i = 0; i < width; i++) {
      sum[i] += t[i];
    }
  }

  /** Turns the pairs of every head in place, forward or back. */
  void rotate(Floats x, int heads, int width, float[] table, int[] positions, boolean back) {
    int row = heads * width;
    tiles.rows(
        positions.length,
        row,
        (r, ws) -> {
          float[] t = ws.tile(0, row);
          x.get(r * row, t, row);
          for (int h = 0; h < heads; h++) {
            turn(t, h * width, width / 2, table, positions[r] * width, back ? -1f : 1f);
          }
          x.put(r * row, t, row);
        });
  }

  private static void turn(float[] t, int at, int half, float[] table, int from, float sign) {
    for (int i = 0; i < half; i++) {
      float cos = table[from + i];
      float sin = sign * table[from + half + i];
      float x1 = t[at + i];
      float x2 = t[at + half + i];
      t[at + i] = x1 * cos - x2 * sin;
      t[at + half + i] = x2 * cos + x1 * sin;
    }
  }

  void meanPool(Floats x, int[] offsets, int width, Floats y) {
    pool.forEach(
        offsets.length - 1,
        sequence -> {
          Workspace ws = workspace.get();
          float[] sum = ws.tile(0, width);
          float[] t = ws.tile(1, width);
          Arrays.fill(sum, 0, width, 0f);
          for (int row = offsets[sequence]; row < offsets[sequence + 1]; row++) {
            x.get(row * width, t, width);
            for (int i = 0; i < width; i++) {
              sum[i] += t[i];
            }
          }
          divide(sum, width, offsets[sequence + 1] - offsets[sequence]);
          y.put(sequence * width, sum, width);
        });
  }

  void meanPoolGradient(Floats dy, int[] offsets, int width, Floats dx) {
    pool.forEach(
        offsets.length - 1,
        sequence -> {
          float[] t = workspace.get().tile(0, width);
          dy.get(sequence * width, t, width);
          divide(t, width, offsets[sequence + 1] - offsets[sequence]);
          for (int row = offsets[sequence]; row < offsets[sequence + 1]; row++) {
            dx.put(row * width, t, width);
          }
        });
  }

  void takeRows(Floats x, int[] rows, int width, Floats y) {
    tiles.rows(
        rows.length,
        width,
        (row, ws) -> {
          float[] t = ws.tile(0, width);
          x.get(rows[row] * width, t, width);
          y.put(row * width, t, width);
        });
  }

  void takeRowsGradient(Floats dy, int[] rows, int width, int n, Floats dx) {
    tiles.rows(
        n,
        width,
        (row, ws) -> {
          float[] zeros = ws.tile(0, width);
          Arrays.fill(zeros, 0, width, 0f);
          dx.put(row * width, zeros, width);
        });
    takeBack(dy, rows, width, dx);
  }

  private void takeBack(Floats dy, int[] rows, int width, Floats dx) {
    tiles.rows(
        rows.length,
        width,
        (row, ws) -> {
          float[] t = ws.tile(0, width);
          dy.get(row * width, t, width);
          dx.put(rows[row] * width, t, width);
        });
  }

  private static void divide(float[] t, int n, float divisor) {
    for (int i = 0; i < n; i++) {
      t[i] /= divisor;
    }
  }
}
