package dev.orthant.core.kernel;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;

import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Attention of any form over packed sequences, one block for each sequence and head. The products
 * read and write the heads where they lie, a row of all heads apart.
 */
final class BlasAttention implements Attention {

  private final WorkerPool pool;
  private final ThreadLocal<Workspace> workspace;
  private final ThreadLocal<Head> head = ThreadLocal.withInitial(Head::new);

  BlasAttention(WorkerPool pool, ThreadLocal<Workspace> workspace) {
    this.pool = pool;
    this.workspace = workspace;
  }

  /**
   * What is to be done.
   *
   * @param queryOffsets [sequences + 1]
   * @param keyOffsets [sequences + 1]
   * @param width of one head
   */
  record Job(AttentionForm form, int[] queryOffsets, int[] keyOffsets, int width) {

    int sequences() {
      return queryOffsets.length - 1;
    }

    int group() {
      return form.heads() / form.keyHeads();
    }
  }

  /** One head of the queries of one sequence; one object for each thread. */
  private static final class Head {

    private int number;
    private int queries;
    private int keys;
    private int width;
    private int queryStride;
    private int keyStride;
    private long queryStart;
    private long keyStart;

    Head at(Job job, int sequence, int newNumber) {
      number = newNumber;
      int firstQuery = job.queryOffsets[sequence];
      int firstKey = job.keyOffsets[sequence];
      queries = job.queryOffsets[sequence + 1] - firstQuery;
      keys = job.keyOffsets[sequence + 1] - firstKey;
      width = job.width;
      queryStride = job.form.heads() * width;
      keyStride = job.form.keyHeads() * width;
      queryStart = (long) firstQuery * queryStride + (long) number * width;
      keyStart = (long) firstKey * keyStride + (long) (number / job.group()) * width;
      return this;
    }

    int scores() {
      return Math.multiplyExact(queries, keys);
    }
  }

  @Override
  public void forward(
      Floats q, Floats k, Floats v, int[] offsets, int heads, int width, Floats out) {
    forward(new Job(AttentionForm.full(heads, width), offsets, offsets, width), q, k, v, out);
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
    Job job = new Job(AttentionForm.full(heads, width), offsets, offsets, width);
    backward(job, q, k, v, dOut, dq, dk, dv);
  }

  /** See {@link Kernels#attention}. */
  void forward(Job job, Floats q, Floats k, Floats v, Floats out) {
    int heads = job.form.heads();
    pool.forEach(
        job.sequences() * heads,
        block -> {
          Workspace ws = workspace.get();
          Head h = head.get().at(job, block / heads, block % heads);
          Workspace.NativeScratch p = ws.scratch(0, h.scores());
          probabilities(job.form, h, q, k, p, ws);
          // out = p v, [queries, width]
          ws.b.at(v.address(h.keyStart));
          ws.c.at(out.address(h.queryStart));
          times(h, 1f, p.pointer(), ws);
        });
  }

  /** See {@link Kernels#attentionGradient}. Heads that share keys are one block. */
  void backward(
      Job job, Floats q, Floats k, Floats v, Floats dOut, Floats dq, Floats dk, Floats dv) {
    int keyHeads = job.form.keyHeads();
    int group = job.group();
    pool.forEach(
        job.sequences() * keyHeads,
        block -> {
          Workspace ws = workspace.get();
          for (int i = 0; i < group; i++) {
            Head h = head.get().at(job, block / keyHeads, block % keyHeads * group + i);
            backward(job.form, h, i > 0 ? 1f : 0f, q, k, v, dOut, dq, dk, dv, ws);
          }
        });
  }

  private static void backward(
      AttentionForm form,
      Head h,
      float keep,
      Floats q,
      Floats k,
      Floats v,
      Floats dOut,
      Floats dq,
      Floats dk,
      Floats dv,
      Workspace ws) {
    Workspace.NativeScratch p = ws.scratch(0, h.scores());
    Workspace.NativeScratch dp = ws.scratch(1, h.scores());
    probabilities(form, h, q, k, p, ws);
    // dv = p' dOut, [keys, width]
    ws.b.at(dOut.address(h.queryStart));
    ws.c.at(dv.address(h.keyStart));
    transposedTimes(h, 1f, p.pointer(), keep, ws);
    // dp = dOut v', [queries, keys]
    ws.a.at(dOut.address(h.queryStart));
    ws.b.at(v.address(h.keyStart));
    outer(h, 1f, dp.pointer(), ws);
    softmaxGradient(h, p, dp, ws);
    // dq = scale dp k, [queries, width]
    ws.b.at(k.address(h.keyStart));
    ws.c.at(dq.address(h.queryStart));
    times(h, form.scale(), dp.pointer(), ws);
    // dk = scale dp' q, [keys, width]
    ws.b.at(q.address(h.queryStart));
    ws.c.at(dk.address(h.keyStart));
    transposedTimes(h, form.scale(), dp.pointer(), keep, ws);
  }

  /** {@code p = softmax(scale q k' + bias)} over the keys that are seen, [queries, keys]. */
  private static void probabilities(
      AttentionForm form, Head h, Floats q, Floats k, Workspace.NativeScratch p, Workspace ws) {
    ws.a.at(q.address(h.queryStart));
    ws.b.at(k.address(h.keyStart));
    outer(h, form.scale(), p.pointer(), ws);
    int n = h.keys;
    int rows = Math.max(1, Workspace.TILE / n);
    float[] t = ws.tile(0, rows * n);
    for (int row = 0; row < h.queries; row += rows) {
      int count = Math.min(rows, h.queries - row);
      p.get(row * n, t, count * n);
      for (int r = 0; r < count; r++) {
        int position = row + r + n - h.queries;
        addBias(form, h.number, position, t, r * n, n);
        subtractMaximum(t, r * n, form.first(position), form.end(position, n), n);
      }
      FloatMath.exp(t, count * n, ws);
      for (int r = 0; r < count; r++) {
        int position = row + r + n - h.queries;
        normalise(t, r * n, form.first(position), form.end(position, n), n);
      }
      p.put(row * n, t, count * n);
    }
  }

  /** {@code dp = p * (dp - rowSums(p * dp))}, [queries, keys]. */
  private static void softmaxGradient(
      Head h, Workspace.NativeScratch p, Workspace.NativeScratch dp, Workspace ws) {
    int n = h.keys;
    int rows = Math.max(1, Workspace.TILE / n);
    float[] t = ws.tile(0, rows * n);
    float[] d = ws.tile(1, rows * n);
    for (int row = 0; row < h.queries; row += rows) {
      int count = Math.min(rows, h.queries - row);
      p.get(row * n, t, count * n);
      dp.get(row * n, d, count * n);
      for (int r = 0; r < count; r++) {
        float sum = FloatMath.dot(t, d, r * n, n);
        centre(t, d, r * n, n, sum);
      }
      dp.put(row * n, d, count * n);
    }
  }

  private static void addBias(
      AttentionForm form, int head, int position, float[] t, int from, int n) {
    RelativeBias bias = form.bias();
    if (bias != null) {
      for (int key = 0; key < n; key++) {
        t[from + key] += bias.at(head, key - position);
      }
    }
  }

  /** Of the keys that are seen; the others become 0. */
  private static void subtractMaximum(float[] t, int from, int first, int end, int n) {
    float max = FloatMath.max(t, from + first, end - first);
    Arrays.fill(t, from, from + first, 0f);
    for (int i = from + first; i < from + end; i++) {
      t[i] -= max;
    }
    Arrays.fill(t, from + end, from + n, 0f);
  }

  /** Divides the exponentials of the keys that are seen by their sum; the others become 0. */
  private static void normalise(float[] t, int from, int first, int end, int n) {
    Arrays.fill(t, from, from + first, 0f);
    Arrays.fill(t, from + end, from + n, 0f);
    float inverse = 1f / FloatMath.sum(t, from + first, end - first);
    for (int i = from + first; i < from + end; i++) {
      t[i] *= inverse;
    }
  }

  private static void centre(float[] p, float[] d, int from, int n, float sum) {
    for (int i = from; i < from + n; i++) {
      d[i] = p[i] * (d[i] - sum);
    }
  }

  /** result [queries, keys] = alpha a b', a of the queries at {@code ws.a}, b of the keys. */
  private static void outer(Head h, float alpha, FloatPointer result, Workspace ws) {
    cblas_sgemm(
        CblasRowMajor,
        CblasNoTrans,
        CblasTrans,
        h.queries,
        h.keys,
        h.width,
        alpha,
        ws.a,
        h.queryStride,
        ws.b,
        h.keyStride,
        0f,
        result,
        h.keys);
  }

  /** The head of the queries at {@code ws.c} = alpha scores times that of the keys at ws.b. */
  private static void times(Head h, float alpha, FloatPointer scores, Workspace ws) {
    cblas_sgemm(
        CblasRowMajor,
        CblasNoTrans,
        CblasNoTrans,
        h.queries,
        h.width,
        h.keys,
        alpha,
        scores,
        h.keys,
        ws.b,
        h.keyStride,
        0f,
        ws.c,
        h.queryStride);
  }

  /** The head of the keys at {@code ws.c} = alpha scores' times that of the queries, + keep it. */
  private static void transposedTimes(
      Head h, float alpha, FloatPointer scores, float keep, Workspace ws) {
    cblas_sgemm(
        CblasRowMajor,
        CblasTrans,
        CblasNoTrans,
        h.keys,
        h.width,
        h.queries,
        alpha,
        scores,
        h.keys,
        ws.b,
        h.queryStride,
        keep,
        ws.c,
        h.keyStride);
  }
}
