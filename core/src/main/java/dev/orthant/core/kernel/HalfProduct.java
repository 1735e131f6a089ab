package dev.orthant.core.kernel;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;

import org.jspecify.annotations.Nullable;

/**
 * Single-precision products with frozen weights in bfloat16, which are widened a block at a time
 * where the product reads them.
 */
final class HalfProduct {

  private static final int BLOCK = 1 << 18; // weights: a megabyte, which the second cache holds
  private static final int FEWEST = 16; // rows or columns of a block

  private final WorkerPool pool;
  private final ThreadLocal<Workspace> workspace;

  HalfProduct(WorkerPool pool, ThreadLocal<Workspace> workspace) {
    this.pool = pool;
    this.workspace = workspace;
  }

  /** {@code y = x w' + bias}, by rows of w. */
  void forward(int n, Floats x, HalfMatrix w, @Nullable Floats bias, Floats y) {
    int size = Math.max(FEWEST, BLOCK / w.columns());
    pool.forEach(
        (w.rows() + size - 1) / size,
        block -> {
          Workspace ws = workspace.get();
          int from = block * size;
          int count = Math.min(size, w.rows() - from);
          Workspace.NativeScratch wide = ws.scratch(0, count * w.columns());
          w.widen(from, count, 0, w.columns(), wide, ws);
          if (bias != null) {
            float[] tile = ws.tile(0, count);
            bias.get(from, tile, count);
            for (int row = 0; row < n; row++) {
              y.put(row * w.rows() + from, tile, count);
            }
          }
          cblas_sgemm(
              CblasRowMajor,
              CblasNoTrans,
              CblasTrans,
              n,
              count,
              w.columns(),
              1f,
              ws.a.at(x.address(0)),
              w.columns(),
              wide.pointer(),
              w.columns(),
              bias == null ? 0f : 1f,
              ws.c.at(y.address(from)),
              w.rows());
        });
  }

  /** {@code dx = dy w}, or {@code dx += dy w}, by columns of w. */
  void inputGradient(int n, Floats dy, HalfMatrix w, boolean accumulate, Floats dx) {
    int size = Math.max(FEWEST, BLOCK / w.rows());
    pool.forEach(
        (w.columns() + size - 1) / size,
        block -> {
          Workspace ws = workspace.get();
          int from = block * size;
          int count = Math.min(size, w.columns() - from);
          Workspace.NativeScratch wide = ws.scratch(0, w.rows() * count);
          w.widen(0, w.rows(), from, count, wide, ws);
          cblas_sgemm(
              CblasRowMajor,
              CblasNoTrans,
              CblasNoTrans,
              n,
              count,
              w.rows(),
              1f,
              ws.a.at(dy.address(0)),
              w.rows(),
              wide.pointer(),
              count,
              accumulate ? 1f : 0f,
              ws.c.at(dx.address(from)),
              w.columns());
        });
  }
}
