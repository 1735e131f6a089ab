package dev.orthant.core.kernel;

import java.util.Arrays;

/** Embeddings and pooling: what goes by sequence. */
final class CpuSequences {

  private final WorkerPool pool;
  private final ThreadLocal<Workspace> workspace;

  CpuSequences(WorkerPool pool, ThreadLocal<Workspace> workspace) {
    this.pool = pool;
    this.workspace = workspace;
  }

  void embed(
      int[] tokenIds,
      int[] typeIds,
      int[] offsets,
      Floats word,
      Floats position,
      Floats type,
      int width,
      Floats out) {
    pool.forEach(
        offsets.length - 1,
        sequence -> {
          Workspace ws = workspace.get();
          float[] w = ws.tile(0, width);
          float[] p = ws.tile(1, width);
          float[] t = ws.tile(2, width);
          for (int row = offsets[sequence]; row < offsets[sequence + 1]; row++) {
            word.get(tokenIds[row] * width, w, width);
            position.get((row - offsets[sequence]) * width, p, width);
            type.get(typeIds[row] * width, t, width);
            for (int i = 0; i < width; i++) {
              w[i] += p[i] + t[i];
            }
            out.put(row * width, w, width);
          }
        });
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

  void firstRows(Floats x, int[] offsets, int width, Floats y) {
    pool.forEach(
        offsets.length - 1,
        sequence -> {
          float[] t = workspace.get().tile(0, width);
          x.get(offsets[sequence] * width, t, width);
          y.put(sequence * width, t, width);
        });
  }

  void firstRowsGradient(Floats dy, int[] offsets, int width, Floats dx) {
    pool.forEach(
        offsets.length - 1,
        sequence -> {
          Workspace ws = workspace.get();
          float[] t = ws.tile(0, width);
          float[] zeros = ws.tile(1, width);
          Arrays.fill(zeros, 0, width, 0f);
          dy.get(sequence * width, t, width);
          dx.put(offsets[sequence] * width, t, width);
          for (int row = offsets[sequence] + 1; row < offsets[sequence + 1]; row++) {
            dx.put(row * width, zeros, width);
          }
        });
  }

  private static void divide(float[] t, int n, float divisor) {
    for (int i = 0; i < n; i++) {
      t[i] /= divisor;
    }
  }
}
