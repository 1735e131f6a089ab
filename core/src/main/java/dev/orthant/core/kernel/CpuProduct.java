package dev.orthant.core.kernel;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Matrix products, split into blocks of the result's rows or columns, whichever there are more of.
 * How they are split depends on the shape alone, so the number of threads does not change a bit.
 */
final class CpuProduct {

  private static final long SERIAL = 1 << 16; // multiplications that are not worth a second thread
  private static final int BLOCKS = 8;
  private static final int SMALLEST = 96;
  private static final int LARGEST = 512;
  private static final int MULTIPLE = 16;
  private static final int FEW_COLUMNS = 512; // of a Gram matrix: three blocks
  private static final int FLAT = 32; // rows of a result, at most

  private final WorkerPool pool;
  private final ThreadLocal<Workspace> workspace;

  CpuProduct(WorkerPool pool, ThreadLocal<Workspace> workspace) {
    this.pool = pool;
    this.workspace = workspace;
  }

  /** The shape {@code [m, k] [k, n]} of a product and which operands are stored transposed. */
  record Form(int m, int n, int k, boolean transposeA, boolean transposeB) {

    /**
     * Whether it is a sum over many rows with few rows as its result, such as the gradient of an
     * adapter's a. The BLAS computes the transpose of that several times faster.
     */
    boolean isFlat() {
      return transposeA && !transposeB && m <= FLAT && n > m && k > n;
    }

    private int lda() {
      return transposeA ? m : k;
    }

    private int ldb() {
      return transposeB ? k : n;
    }
  }

  /**
   * {@code c = alpha * op(a) op(b) + beta * c}, or {@code + bias} in each row if there is one.
   *
   * @param c buffered if there is a bias or the form is flat
   */
  void run(
      Form form, float alpha, Floats a, Floats b, float beta, Floats c, @Nullable Floats bias) {
    boolean byRows = form.m >= form.n;
    int extent = byRows ? form.m : form.n;
    int size = (long) form.m * form.n * form.k <= SERIAL ? extent : blockSize(extent);
    pool.forEach(
        (extent + size - 1) / size,
        block -> {
          int from = block * size;
          int to = Math.min(extent, from + size);
          if (byRows) {
            part(form, alpha, a, b, beta, c, bias, from, to, 0, form.n);
          } else {
            part(form, alpha, a, b, beta, c, bias, 0, form.m, from, to);
          }
        });
  }

  /** {@code c = x' x} for x [n, d], on and below the diagonal, in square blocks. */
  void gram(int n, int d, Floats x, Floats c) {
    Form form = new Form(d, d, n, true, false);
    int size = d <= FEW_COLUMNS ? (d + 2) / 3 : FEW_COLUMNS / 2;
    int blocks = (d + size - 1) / size;
    pool.forEach(
        blocks * blocks,
        index -> {
          int row = index / blocks * size;
          int column = index % blocks * size;
          if (column <= row) {
            int rowEnd = Math.min(d, row + size);
            int columnEnd = Math.min(d, column + size);
            part(form, 1f, x, x, 0f, c, null, row, rowEnd, column, columnEnd);
          }
        });
  }

  private void part(
      Form f,
      float alpha,
      Floats a,
      Floats b,
      float beta,
      Floats c,
      @Nullable Floats bias,
      int row,
      int rowEnd,
      int column,
      int columnEnd) {
    Workspace ws = workspace.get();
    if (f.isFlat()) {
      flat(f, alpha, a, b, beta, c, column, columnEnd, ws);
      return;
    }
    float addTo = beta;
    if (bias != null) {
      int width = columnEnd - column;
      float[] tile = ws.tile(0, width);
      bias.get(column, tile, width);
      for (int r = row; r < rowEnd; r++) {
        c.put(r * f.n + column, tile, width);
      }
      addTo = 1f;
    }
    cblas_sgemm(
        CblasRowMajor,
        f.transposeA ? CblasTrans : CblasNoTrans,
        f.transposeB ? CblasTrans : CblasNoTrans,
        rowEnd - row,
        columnEnd - column,
        f.k,
        alpha,
        ws.a.at(a.address(f.transposeA ? row : (long) row * f.k)),
        f.lda(),
        ws.b.at(b.address(f.transposeB ? (long) column * f.k : column)),
        f.ldb(),
        addTo,
        ws.c.at(c.address((long) row * f.n + column)),
        f.n);
  }

  /** Some columns of a flat result, computed as rows of its transpose. */
  private static void flat(
      Form f,
      float alpha,
      Floats a,
      Floats b,
      float beta,
      Floats c,
      int column,
      int columnEnd,
      Workspace ws) {
    int columns = columnEnd - column;
    Workspace.NativeScratch transpose = ws.scratch(0, columns * f.m); // [columns, m]
    cblas_sgemm(
        CblasRowMajor,
        CblasTrans,
        CblasNoTrans,
        columns,
        f.m,
        f.k,
        alpha,
        ws.b.at(b.address(column)),
        f.n,
        ws.a.at(a.address(0)),
        f.m,
        0f,
        transpose.pointer(),
        f.m);
    float[] sums = ws.tile(0, columns * f.m);
    float[] out = ws.tile(1, columns);
    transpose.get(0, sums, columns * f.m);
    for (int row = 0; row < f.m; row++) {
      if (beta == 0f) {
        Arrays.fill(out, 0, columns, 0f);
      } else {
        c.get(row * f.n + column, out, columns);
      }
      for (int j = 0; j < columns; j++) {
        out[j] = beta * out[j] + sums[j * f.m + row];
      }
      c.put(row * f.n + column, out, columns);
    }
  }

  /** Each block packs the other operand anew, so blocks are large, and equal but for the last. */
  private static int blockSize(int extent) {
    int blocks = Math.max(1, Math.min(BLOCKS, extent / SMALLEST));
    int share = (extent + blocks - 1) / blocks;
    int rounded = (share + MULTIPLE - 1) / MULTIPLE * MULTIPLE;
    return Math.min(LARGEST, rounded);
  }
}
