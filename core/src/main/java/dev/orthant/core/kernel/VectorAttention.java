package dev.orthant.core.kernel;

import static dev.orthant.core.kernel.VectorProduct.L;
import static dev.orthant.core.kernel.VectorProduct.ROWS;
import static dev.orthant.core.kernel.VectorProduct.multiply;
import static jdk.incubator.vector.VectorOperators.LSHL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Attention on heap tiles, a sequence and a group of heads at a time. */
final class VectorAttention implements Attention {

  /*
   * The rows of a sequence are copied to the heap once for several heads. Heads that are not whole
   * vectors wide are then packed, filled up to whole vectors. Scores are computed for
   * up to CHUNK queries at a time and transposed, [keys, queries]: a vector holds one key's scores
   * of several queries, so that the softmax needs no sums across a vector and keys need no mask.
   * The matrix of all scores is never there as a whole, and the backward pass computes it again.
   */

  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int CHUNK = 64; // queries
  private static final int GROUP = 1 << 15; // elements of the rows of one group of heads
  private static final int SLACK = 64; // read or written beyond the last row, see VectorProduct

  private final WorkerPool pool;
  private final ThreadLocal<Workspace> workspace;
  private final ThreadLocal<Block> blocks = ThreadLocal.withInitial(Block::new);

  VectorAttention(WorkerPool pool, ThreadLocal<Workspace> workspace) {
    this.pool = pool;
    this.workspace = workspace;
  }

  /** How the work is shared out: by the shape alone, so that threads do not change the results. */
  private record Plan(int[] offsets, int heads, int width, int group, int groups) {

    static Plan of(int[] offsets, int heads, int width) {
      int longest = 1;
      for (int i = 1; i < offsets.length; i++) {
        longest = Math.max(longest, offsets[i] - offsets[i - 1]);
      }
      int most = (int) Math.max(1, Math.min(heads, (long) GROUP / ((long) longest * width)));
      int groups = (heads + most - 1) / most;
      return new Plan(offsets, heads, width, (heads + groups - 1) / groups, groups);
    }

    int blocks() {
      return (offsets.length - 1) * groups;
    }
  }

  /** Some heads of one sequence; one object for each thread. */
  private static final class Block {

    private int n; // tokens
    private int width; // of one head
    private int heads;
    private int stride; // from a row to the next where the arrays lie
    private int start; // of the first element where the arrays lie
    private final int[] places = new int[L]; // see transpose

    Block at(Plan plan, int index) {
      int sequence = index / plan.groups;
      int head = index % plan.groups * plan.group;
      n = plan.offsets[sequence + 1] - plan.offsets[sequence];
      width = plan.width;
      heads = Math.max(0, Math.min(plan.group, plan.heads - head));
      stride = plan.heads * width;
      start = plan.offsets[sequence] * stride + head * width;
      for (int i = 0; i < L; i++) {
        places[i] = i * row();
      }
      return this;
    }

    /** The elements of a row. */
    int row() {
      return heads * width;
    }

    /** The width of a head in whole vectors. */
    int padded() {
      return roundUp(width, L);
    }

    int headSize() {
      return (roundUp(n, ROWS) + ROWS) * padded() + SLACK;
    }

    float scale() {
      return (float) (1 / Math.sqrt(width));
    }

    float[] load(Floats from, float[] rows) {
      if (row() == stride) {
        from.get(start, rows, 0, n * stride);
      } else {
        for (int i = 0; i < n; i++) {
          from.get(start + i * stride, rows, i * row(), row());
        }
      }
      return rows;
    }

    void store(float[] rows, Floats to) {
      if (row() == stride) {
        to.put(start, rows, 0, n * stride);
      } else {
        for (int i = 0; i < n; i++) {
          to.put(start + i * stride, rows, i * row(), row());
        }
      }
    }

    /** Copies a head's rows, [n, padded]. */
    private void pack(float[] rows, int head, float[] packed) {
      int padded = padded();
      for (int i = 0; i < n; i++) {
        System.arraycopy(rows, i * row() + head * width, packed, i * padded, width);
      }
    }

    void unpack(float[] packed, int head, float[] rows) {
      int padded = padded();
      for (int i = 0; i < n; i++) {
        System.arraycopy(packed, i * padded, rows, i * row() + head * width, width);
      }
    }

    /** The rows from {@code first} on as columns, [width, m], arbitrary beyond the last. */
    void transpose(float[] rows, int head, int first, float factor, float[] columns, int m) {
      for (int i = 0; i < m; i += L) {
        int from = (first + i) * row() + head * width;
        for (int d = 0; d < width; d++) {
          FloatVector.fromArray(S, rows, from + d, places, 0)
              .mul(factor)
              .intoArray(columns, d * m + i);
        }
      }
    }

    /** The elements that a tile for the rows needs, with what is read beyond the last. */
    int size() {
      return (roundUp(n, 2 * L) + ROWS) * row() + SLACK;
    }

    /** Where a head begins in rows, or in the tile it was packed into. */
    int start(int head) {
      return isWhole() ? head * width : 0;
    }

    /** From a row of a head to the next, in rows or in the tile it was packed into. */
    int step() {
      return isWhole() ? row() : padded();
    }

    private boolean isWhole() {
      return width % L == 0;
    }

    /** The array that a head is read from: the rows, or else a tile that it is packed into. */
    float[] head(float[] rows, int head, float[] tile) {
      if (isWhole()) {
        return rows;
      }
      pack(rows, head, tile);
      return tile;
    }
  }

  @Override
  public void forward(
      Floats q, Floats k, Floats v, int[] offsets, int heads, int width, Floats out) {
    Plan plan = Plan.of(offsets, heads, width);
    pool.forEach(
        plan.blocks(),
        index -> {
          Block block = blocks.get().at(plan, index);
          Workspace ws = workspace.get();
          int size = block.size();
          float[] qRows = block.load(q, ws.tile(0, size));
          float[] kRows = block.load(k, ws.tile(1, size));
          float[] vRows = block.load(v, ws.tile(2, size));
          float[] outRows = ws.tile(3, size);
          for (int head = 0; head < block.heads; head++) {
            forward(block, head, qRows, kRows, vRows, outRows, ws);
          }
          block.store(outRows, out);
        });
  }

  private static void forward(
      Block block, int head, float[] q, float[] k, float[] v, float[] out, Workspace ws) {
    int n = block.n;
    int width = block.width;
    int padded = block.padded();
    float[] headK = block.head(k, head, ws.tile(4, block.headSize())); // [n, width]
    float[] headV = block.head(v, head, ws.tile(5, block.headSize()));
    int start = block.start(head);
    int step = block.step();
    float[] context = ws.tile(6, CHUNK * padded + SLACK);
    float[] columns = ws.tile(7, CHUNK * width);
    float[] p = ws.tile(8, (n + ROWS) * CHUNK);
    float[] inverse = ws.tile(9, CHUNK);
    for (int first = 0; first < n; first += CHUNK) {
      int count = Math.min(CHUNK, n - first);
      int m = roundUp(count, 2 * L);
      // p' = softmax(k q' * scale) but for the normalisation, [n, m]
      block.transpose(q, head, first, block.scale(), columns, m);
      multiply(n, m, width, headK, start, step, 1, columns, 0, m, p, 0, m);
      exponentials(p, n, m, inverse);
      // context = p v, [count, padded]
      multiply(count, padded, n, p, 0, 1, m, headV, start, step, context, 0, padded);
      for (int i = 0; i < count; i++) {
        int to = (first + i) * block.row() + head * width;
        for (int d = 0; d < width; d++) {
          out[to + d] = context[i * padded + d] * inverse[i];
        }
      }
    }
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
    Plan plan = Plan.of(offsets, heads, width);
    pool.forEach(
        plan.blocks(),
        index -> {
          Block block = blocks.get().at(plan, index);
          Workspace ws = workspace.get();
          int size = block.size();
          float[] qRows = block.load(q, ws.tile(0, size));
          float[] kRows = block.load(k, ws.tile(1, size));
          float[] vRows = block.load(v, ws.tile(2, size));
          float[] dOutRows = block.load(dOut, ws.tile(3, size));
          for (int head = 0; head < block.heads; head++) {
            backward(block, head, qRows, kRows, vRows, dOutRows, ws);
          }
          block.store(qRows, dq);
          block.store(kRows, dk);
          block.store(vRows, dv);
        });
  }

  /** Replaces a head of q, k and v by its gradients. */
  private static void backward(
      Block block, int head, float[] q, float[] k, float[] v, float[] dOut, Workspace ws) {
    int n = block.n;
    int width = block.width;
    int padded = block.padded();
    int size = block.headSize();
    float[] headQ = block.head(q, head, ws.tile(4, size)); // [n, width], as the next three
    float[] headK = block.head(k, head, ws.tile(5, size));
    float[] headV = block.head(v, head, ws.tile(6, size));
    float[] headDOut = block.head(dOut, head, ws.tile(7, size));
    int start = block.start(head);
    int step = block.step();
    float[] dq = ws.tile(8, size); // [n, padded], as the next two
    float[] dk = ws.tile(9, size);
    float[] dv = ws.tile(10, size);
    float[] columns = ws.tile(11, CHUNK * width);
    float[] p = ws.tile(12, (n + ROWS) * CHUNK);
    float[] dp = ws.tile(13, (n + ROWS) * CHUNK);
    float[] inverse = ws.tile(14, CHUNK);
    float[] part = ws.tile(15, size);
    for (int first = 0; first < n; first += CHUNK) {
      int count = Math.min(CHUNK, n - first);
      int m = roundUp(count, 2 * L);
      int at = start + first * step;
      // p' = softmax(k q' * scale), [n, m]
      block.transpose(q, head, first, block.scale(), columns, m);
      multiply(n, m, width, headK, start, step, 1, columns, 0, m, p, 0, m);
      exponentials(p, n, m, inverse);
      // dp' = v dOut', [n, m]
      block.transpose(dOut, head, first, 1f, columns, m);
      multiply(n, m, width, headV, start, step, 1, columns, 0, m, dp, 0, m);
      scoreGradients(p, dp, n, m, inverse, block.scale());
      // dv += p' dOut, dk += ds' q, [n, padded]; dq = ds k, [count, padded]
      multiply(n, padded, count, p, 0, m, 1, headDOut, at, step, first == 0 ? dv : part, 0, padded);
      if (first > 0) {
        VectorTileMath.accumulate(dv, part, n * padded);
      }
      multiply(n, padded, count, dp, 0, m, 1, headQ, at, step, first == 0 ? dk : part, 0, padded);
      if (first > 0) {
        VectorTileMath.accumulate(dk, part, n * padded);
      }
      multiply(count, padded, n, dp, 0, 1, m, headK, start, step, dq, first * padded, padded);
    }
    block.unpack(dq, head, q);
    block.unpack(dk, head, k);
    block.unpack(dv, head, v);
  }

  /*
   * Two vectors at a time, so that the processor is kept busy, and so that the methods are too long
   * to be inlined: with everything in one method the compiler gives up and allocates vectors.
   */

  /**
   * {@code s = exp(s - max(s))} in each column of s [n, m]; inverse [m] is 1 / their sums. See
   * {@link FloatMath#exp}.
   */
  private static void exponentials(float[] s, int n, int m, float[] inverse) {
    FloatVector log2E = FloatVector.broadcast(S, FloatMath.LOG2_E);
    FloatVector round = FloatVector.broadcast(S, FloatMath.ROUND);
    FloatVector ln2High = FloatVector.broadcast(S, -FloatMath.LN2_HI);
    FloatVector ln2Low = FloatVector.broadcast(S, -FloatMath.LN2_LO);
    for (int j = 0; j < m; j += 2 * L) {
      FloatVector max0 = FloatVector.fromArray(S, s, j);
      FloatVector max1 = FloatVector.fromArray(S, s, j + L);
      for (int at = j + m; at < n * m; at += m) {
        max0 = max0.max(FloatVector.fromArray(S, s, at));
        max1 = max1.max(FloatVector.fromArray(S, s, at + L));
      }
      FloatVector sum0 = FloatVector.zero(S);
      FloatVector sum1 = FloatVector.zero(S);
      for (int at = j; at < n * m; at += m) {
        FloatVector v0 = FloatVector.fromArray(S, s, at).sub(max0).max(FloatMath.EXP_MIN);
        FloatVector v1 = FloatVector.fromArray(S, s, at + L).sub(max1).max(FloatMath.EXP_MIN);
        FloatVector shifted0 = v0.fma(log2E, round);
        FloatVector shifted1 = v1.fma(log2E, round);
        FloatVector k0 = shifted0.sub(round);
        FloatVector k1 = shifted1.sub(round);
        FloatVector r0 = k0.fma(ln2Low, k0.fma(ln2High, v0));
        FloatVector r1 = k1.fma(ln2Low, k1.fma(ln2High, v1));
        FloatVector c = FloatVector.broadcast(S, FloatMath.EXP_6);
        FloatVector d = FloatVector.broadcast(S, FloatMath.EXP_5);
        FloatVector p0 = c.fma(r0, d);
        FloatVector p1 = c.fma(r1, d);
        c = FloatVector.broadcast(S, FloatMath.EXP_4);
        p0 = p0.fma(r0, c);
        p1 = p1.fma(r1, c);
        c = FloatVector.broadcast(S, FloatMath.EXP_3);
        p0 = p0.fma(r0, c);
        p1 = p1.fma(r1, c);
        c = FloatVector.broadcast(S, FloatMath.EXP_2);
        p0 = p0.fma(r0, c).mul(r0).fma(r0, r0).add(1f);
        p1 = p1.fma(r1, c).mul(r1).fma(r1, r1).add(1f);
        p0 = p0.mul(shifted0.reinterpretAsInts().add(127).lanewise(LSHL, 23).reinterpretAsFloats());
        p1 = p1.mul(shifted1.reinterpretAsInts().add(127).lanewise(LSHL, 23).reinterpretAsFloats());
        p0.intoArray(s, at);
        p1.intoArray(s, at + L);
        sum0 = sum0.add(p0);
        sum1 = sum1.add(p1);
      }
      FloatVector one = FloatVector.broadcast(S, 1f);
      one.div(sum0).intoArray(inverse, j);
      one.div(sum1).intoArray(inverse, j + L);
    }
  }

  /**
   * Turns exponentials into probabilities p [n, m], and their gradients dp into those of the
   * scores, {@code ds = scale * p * (dp - sum(p * dp))}, sums over each column.
   */
  private static void scoreGradients(
      float[] p, float[] dp, int n, int m, float[] inverse, float scale) {
    FloatVector scales = FloatVector.broadcast(S, scale);
    for (int j = 0; j < m; j += 2 * L) {
      FloatVector inverse0 = FloatVector.fromArray(S, inverse, j);
      FloatVector inverse1 = FloatVector.fromArray(S, inverse, j + L);
      FloatVector sum0 = FloatVector.zero(S);
      FloatVector sum1 = FloatVector.zero(S);
      for (int at = j; at < n * m; at += m) {
        FloatVector p0 = FloatVector.fromArray(S, p, at).mul(inverse0);
        FloatVector p1 = FloatVector.fromArray(S, p, at + L).mul(inverse1);
        p0.intoArray(p, at);
        p1.intoArray(p, at + L);
        sum0 = p0.fma(FloatVector.fromArray(S, dp, at), sum0);
        sum1 = p1.fma(FloatVector.fromArray(S, dp, at + L), sum1);
      }
      for (int at = j; at < n * m; at += m) {
        FloatVector p0 = FloatVector.fromArray(S, p, at).mul(scales);
        FloatVector p1 = FloatVector.fromArray(S, p, at + L).mul(scales);
        FloatVector d0 = FloatVector.fromArray(S, dp, at).sub(sum0);
        FloatVector d1 = FloatVector.fromArray(S, dp, at + L).sub(sum1);
        d0.mul(p0).intoArray(dp, at);
        d1.mul(p1).intoArray(dp, at + L);
      }
    }
  }

  private static int roundUp(int n, int multiple) {
    return (n + multiple - 1) / multiple * multiple;
  }
}
