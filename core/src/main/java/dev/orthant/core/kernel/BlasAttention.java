package dev.orthant.core.kernel;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;

import org.bytedeco.javacpp.FloatPointer;

/**
 * Attention over packed sequences, one block for each sequence and head. The products read and
 * write the heads where they lie, a row of all heads apart.
 */
final class BlasAttention implements Attention {

  private final WorkerPool pool;
  private final ThreadLocal<Workspace> workspace;
  private final ThreadLocal<Head> head = ThreadLocal.withInitial(Head::new);

  BlasAttention(WorkerPool pool, ThreadLocal<Workspace> workspace) {
    this.pool = pool;
    this.workspace = workspace;
  }

  /** One head of one sequence; one object for each thread. */
  private static final class Head {

    private int length;
    private int width;
    private int stride;
    private long start;

    Head at(int block, int[] offsets, int heads, int newWidth) {
      int sequence = block / heads;
      int first = offsets[sequence];
      length = offsets[sequence + 1] - first;
      width = newWidth;
      stride = heads * newWidth;
      start = (long) first * stride + (long) (block % heads) * newWidth;
      return this;
    }

    float scale() {
      return (float) (1 / Math.sqrt(width));
    }
  }

  @Override
  public void forward(
      Floats q, Floats k, Floats v, int[] offsets, int heads, int width, Floats out) {
    pool.forEach(
        (offsets.length - 1) * heads,
        block -> {
          Workspace ws = workspace.get();
          Head h = head.get().at(block, offsets, heads, width);
          Workspace.NativeScratch p = ws.scratch(0, h.length * h.length);
          probabilities(h, q, k, p, ws);
          // out = p v, [length, width]
          ws.b.at(v.address(h.start));
          ws.c.at(out.address(h.start));
          multiplySquare(h, false, 1f, p.pointer(), ws);
        });
  }

  @Override
  public void backward(
      Floats q,
      Floats k,
      Floats v,
      Floats dOut,
      int[] offsets,
      int heads,
      int width,
      Floats dq,
      Floats dk,
      Floats dv) {
    pool.forEach(
        (offsets.length - 1) * heads,
        block -> {
          Workspace ws = workspace.get();
          Head h = head.get().at(block, offsets, heads, width);
          Workspace.NativeScratch p = ws.scratch(0, h.length * h.length);
          Workspace.NativeScratch dp = ws.scratch(1, h.length * h.length);
          probabilities(h, q, k, p, ws);
          // dv = p' dOut, [length, width]
          ws.b.at(dOut.address(h.start));
          ws.c.at(dv.address(h.start));
          multiplySquare(h, true, 1f, p.pointer(), ws);
          // dp = dOut v', [length, length]
          ws.a.at(dOut.address(h.start));
          ws.b.at(v.address(h.start));
          outer(h, 1f, dp.pointer(), ws);
          softmaxGradient(h.length, p, dp, ws);
          // dq = scale dp k, dk = scale dp' q, [length, width]
          ws.b.at(k.address(h.start));
          ws.c.at(dq.address(h.start));
          multiplySquare(h, false, h.scale(), dp.pointer(), ws);
          ws.b.at(q.address(h.start));
          ws.c.at(dk.address(h.start));
          multiplySquare(h, true, h.scale(), dp.pointer(), ws);
        });
  }

  /** {@code p = softmax(scale q k')}, [length, length]. */
  private static void probabilities(
      Head h, Floats q, Floats k, Workspace.NativeScratch p, Workspace ws) {
    ws.a.at(q.address(h.start));
    ws.b.at(k.address(h.start));
    outer(h, h.scale(), p.pointer(), ws);
    int n = h.length;
    int rows = Math.max(1, Workspace.TILE / n);
    float[] t = ws.tile(0, rows * n);
    float[] inverse = ws.tile(1, rows);
    for (int row = 0; row < n; row += rows) {
      int count = Math.min(rows, n - row);
      p.get(row * n, t, count * n);
      for (int r = 0; r < count; r++) {
        subtractMaximum(t, r * n, n);
      }
      FloatMath.exp(t, count * n, ws);
      for (int r = 0; r < count; r++) {
        inverse[r] = 1f / FloatMath.sum(t, r * n, n);
        scale(t, r * n, n, inverse[r]);
      }
      p.put(row * n, t, count * n);
    }
  }

  /** {@code dp = p * (dp - rowSums(p * dp))}, [length, length]. */
  private static void softmaxGradient(
      int n, Workspace.NativeScratch p, Workspace.NativeScratch dp, Workspace ws) {
    int rows = Math.max(1, Workspace.TILE / n);
    float[] t = ws.tile(0, rows * n);
    float[] d = ws.tile(1, rows * n);
    for (int row = 0; row < n; row += rows) {
      int count = Math.min(rows, n - row);
      p.get(row * n, t, count * n);
      dp.get(row * n, d, count * n);
      for (int r = 0; r < count; r++) {
        float sum = FloatMath.dot(t, d, r * n, n);
        centre(t, d, r * n, n, sum);
      }
      dp.put(row * n, d, count * n);
    }
  }

  /** result [length, length] = alpha a b', a and b being heads at {@code ws.a} and {@code ws.b}. */
  private static void outer(Head h, float alpha, FloatPointer result, Workspace ws) {
    cblas_sgemm(
        CblasRowMajor,
        CblasNoTrans,
        CblasTrans,
        h.length,
        h.length,
        h.width,
        alpha,
        ws.a,
        h.stride,
        ws.b,
        h.stride,
        0f,
        result,
        h.length);
  }

  /** The head at {@code ws.c} = alpha op(square) times the head at {@code ws.b}. */
  private static void multiplySquare(
      Head h, boolean transpose, float alpha, FloatPointer square, Workspace ws) {
    cblas_sgemm(
        CblasRowMajor,
        transpose ? CblasTrans : CblasNoTrans,
        CblasNoTrans,
        h.length,
        h.width,
        h.length,
        alpha,
        square,
        h.length,
        ws.b,
        h.stride,
        0f,
        ws.c,
        h.stride);
  }

  private static void subtractMaximum(float[] t, int from, int n) {
    float max = FloatMath.max(t, from, n);
    for (int i = from; i < from + n; i++) {
      t[i] -= max;
    }
  }

  private static void scale(float[] t, int from, int n, float factor) {
    for (int i = from; i < from + n; i++) {
      t[i] *= factor;
    }
  }

  private static void centre(float[] p, float[] d, int from, int n, float sum) {
    for (int i = from; i < from + n; i++) {
      d[i] = p[i] * (d[i] - sum);
    }
  }
}
