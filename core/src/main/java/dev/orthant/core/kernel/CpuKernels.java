package dev.orthant.core.kernel;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.bytedeco.openblas.global.openblas;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The operations in Java and OpenBLAS, for arrays in main memory. The work is split in a way that
 * depends on shapes only, so the number of threads does not change the results.
 *
 * <p>All threads are those of the pool: making an instance sets OpenBLAS, which the ND4J backend
 * for CPUs uses too, to one thread for the whole process.
 */
public final class CpuKernels implements Kernels {

  /*
   * Arrays live off the heap, where native code can read them, but a plain loop runs several times
   * faster on a heap array than on a buffer. So every operation copies tiles that fit the L1 cache
   * to the heap, does all of its arithmetic there in loops that the compiler vectorises, and copies
   * the results back.
   */

  private final WorkerPool pool;
  private final BiFunction<WorkerPool, ThreadLocal<Workspace>, Arithmetic> arithmetics;
  private final ThreadLocal<Workspace> workspace = ThreadLocal.withInitial(Workspace::new);
  private final CpuProduct product;
  private final FrozenProduct frozen;
  private final @Nullable OneDnn library;
  private final Precision precision;
  private final CpuTiles tiles;
  private final CpuColumns columns;
  private final CpuLayerNorm layerNorm;
  private final CpuRmsNorm rmsNorm;
  private final CpuActivations activations;
  private final Attention fullAttention;
  private final BlasAttention attention;
  private final CpuSequences sequences;
  private final CpuLosses losses;

  /**
   * Kernels on the threads of a pool.
   *
   * @param pool does the work; not closed by this
   */
  public CpuKernels(WorkerPool pool) {
    this(pool, OneDnn.find().orElse(null), Precision.FP32);
  }

  /** Kernels whose products with frozen weights go through a library, or null for the BLAS. */
  CpuKernels(WorkerPool pool, @Nullable OneDnn library, Precision precision) {
    this(pool, library, precision, Arithmetic::best);
  }

  /** Kernels that compute with a given arithmetic. */
  CpuKernels(
      WorkerPool pool,
      @Nullable OneDnn library,
      Precision precision,
      BiFunction<WorkerPool, ThreadLocal<Workspace>, Arithmetic> arithmetics) {
    this.pool = requireNonNull(pool, "pool");
    this.library = library;
    this.precision = precision;
    this.arithmetics = arithmetics;
    Arithmetic arithmetic = arithmetics.apply(pool, workspace);
    Nd4j.getExecutioner(); // the backend sets the number of threads when it starts
    openblas.blas_set_num_threads(1);
    this.product = new CpuProduct(pool, workspace);
    this.frozen =
        new FrozenProduct(pool, product, new HalfProduct(pool, workspace), library, precision);
    this.tiles = new CpuTiles(pool, workspace);
    this.columns = new CpuColumns(tiles);
    this.layerNorm = new CpuLayerNorm(tiles, arithmetic.tiles());
    this.rmsNorm = new CpuRmsNorm(tiles, arithmetic.tiles());
    this.activations = new CpuActivations(tiles, arithmetic.tiles());
    this.fullAttention = arithmetic.attention();
    this.attention = new BlasAttention(pool, workspace);
    this.sequences = new CpuSequences(tiles, pool, workspace);
    this.losses = new CpuLosses(workspace);
  }

  /**
   * The library beside the BLAS that products with frozen weights go through, with its version and
   * the instructions it uses, if there is one on the class path and this machine runs it.
   */
  public static Optional<String> library() {
    return OneDnn.find().map(OneDnn::toString);
  }

  @Override
  public int threads() {
    return pool.threads();
  }

  @Override
  public Kernels onCallingThread() {
    return pool.threads() == 1
        ? this
        : new CpuKernels(new WorkerPool(1), library, precision, arithmetics); // which has no thread
  }

  @Override
  public Precision precision() {
    return precision;
  }

  @Override
  public Kernels withPrecision(Precision wanted) {
    if (wanted == precision) {
      return this;
    }
    if (wanted == Precision.BF16 && (library == null || !library.hasBf16())) {
      return Kernels.super.withPrecision(wanted); // refuses
    }
    return new CpuKernels(pool, library, wanted, arithmetics);
  }

  @Override
  public String products() {
    return library == null ? "the BLAS" : library.toString();
  }

  @Override
  public void gemm(
      INDArray a,
      boolean transposeA,
      INDArray b,
      boolean transposeB,
      float alpha,
      float beta,
      INDArray c) {
    Shapes.product(a, transposeA, b, transposeB, c);
    CpuProduct.Form form =
        new CpuProduct.Form(
            (int) c.size(0),
            (int) c.size(1),
            (int) a.size(transposeA ? 0 : 1),
            transposeA,
            transposeB);
    Floats result = form.isFlat() ? buffered("c", c) : operand("c", c);
    product.run(form, alpha, operand("a", a), operand("b", b), beta, result, null);
  }

  @Override
  public void gram(INDArray x, INDArray c) {
    Shapes.product(x, true, x, false, c);
    product.gram((int) x.size(0), (int) x.size(1), operand("x", x), operand("c", c));
  }

  @Override
  public void dropout(INDArray x, float p, long seed, INDArray y) {
    Shapes.same("y", y, x);
    DropoutMask mask = new DropoutMask(p, seed);
    Floats from = buffered("x", x);
    Floats to = buffered("y", y);
    tiles.elements(
        from.length(),
        (index, count, ws) -> {
          float[] t = ws.tile(0, count);
          from.get(index, t, count);
          mask.apply(t, index, count);
          to.put(index, t, count);
        });
  }

  @Override
  public void axpy(float alpha, INDArray x, INDArray y) {
    Shapes.same("y", y, x);
    Floats from = buffered("x", x);
    Floats to = buffered("y", y);
    tiles.elements(
        from.length(),
        (index, count, ws) -> {
          float[] s = ws.tile(0, count);
          float[] t = ws.tile(1, count);
          from.get(index, s, count);
          to.get(index, t, count);
          for (int i = 0; i < count; i++) {
            t[i] += alpha * s[i];
          }
          to.put(index, t, count);
        });
  }

  @Override
  public void scaleColumns(INDArray x, INDArray factors, INDArray shifts, INDArray y) {
    Shapes.columns(x, factors, shifts, y);
    columns.scale(
        (int) x.size(0),
        (int) x.size(1),
        buffered("x", x),
        buffered("factors", factors),
        buffered("shifts", shifts),
        buffered("y", y));
  }

  @Override
  public void addColumnDots(INDArray x, INDArray y, INDArray sums) {
    Shapes.columns(x, sums, sums, y);
    columns.addDots(
        (int) x.size(0),
        (int) x.size(1),
        buffered("x", x),
        buffered("y", y),
        buffered("sums", sums));
  }

  @Override
  public void linear(INDArray x, INDArray w, @Nullable INDArray bias, INDArray y) {
    Shapes.product(x, false, w, true, y);
    Shapes.requireOrNull("bias", bias, w.size(0));
    CpuProduct.Form form =
        new CpuProduct.Form((int) x.size(0), (int) w.size(0), (int) w.size(1), false, true);
    boolean biased = bias != null;
    product.run(
        form,
        1f,
        operand("x", x),
        operand("w", w),
        0f,
        biased ? buffered("y", y) : operand("y", y),
        biased ? buffered("bias", bias) : null);
  }

  @Override
  public void linearInputGradient(INDArray dy, INDArray w, boolean accumulate, INDArray dx) {
    gemm(dy, false, w, false, 1f, accumulate ? 1f : 0f, dx);
  }

  @Override
  public void linear(INDArray x, List<FrozenLinear> layers, List<INDArray> ys) {
    linear(x, layers, ys, FrozenProduct.RowsDone.NOTHING);
  }

  private void linear(
      INDArray x, List<FrozenLinear> layers, List<INDArray> ys, FrozenProduct.RowsDone done) {
    Shapes.layers(layers, ys);
    Floats in = operand("x", x);
    List<FrozenProduct.Part> parts = new ArrayList<>(layers.size());
    for (int i = 0; i < layers.size(); i++) {
      FrozenLinear layer = layers.get(i);
      INDArray bias = layer.bias();
      INDArray y = ys.get(i);
      Shapes.frozen(x, layer, y);
      Shapes.requireOrNull("bias", bias, y.size(1));
      parts.add(
          new FrozenProduct.Part(
              layer, in, bias == null ? null : buffered("bias", bias), buffered("y", y)));
    }
    frozen.forward((int) x.size(0), parts, done);
  }

  @Override
  public void linearInputGradient(
      List<INDArray> dys, List<FrozenLinear> layers, boolean accumulate, INDArray dx) {
    inputGradient(dys, layers, accumulate, dx, FrozenProduct.RowsDone.NOTHING);
  }

  private void inputGradient(
      List<INDArray> dys,
      List<FrozenLinear> layers,
      boolean accumulate,
      INDArray dx,
      FrozenProduct.RowsDone done) {
    Shapes.layers(layers, dys);
    Floats out = operand("dx", dx);
    List<FrozenProduct.Part> parts = new ArrayList<>(layers.size());
    for (int i = 0; i < layers.size(); i++) {
      INDArray dy = dys.get(i);
      Shapes.frozen(dx, layers.get(i), dy);
      parts.add(new FrozenProduct.Part(layers.get(i), operand("dy", dy), null, out));
    }
    frozen.inputGradient((int) dx.size(0), parts, accumulate, done);
  }

  @Override
  public void linearWeightGradient(INDArray dy, INDArray x, INDArray dw, @Nullable INDArray db) {
    Shapes.requireOrNull("db", db, dy.size(1));
    gemm(dy, true, x, false, 1f, 1f, dw);
    if (db != null) {
      addColumnSums(dy, db);
    }
  }

  private void addColumnSums(INDArray dy, INDArray db) {
    int width = (int) dy.size(1);
    Floats from = buffered("dy", dy);
    Floats to = buffered("db", db);
    pool.forEach(
        1,
        block -> {
          Workspace ws = workspace.get();
          float[] t = ws.tile(0, width);
          float[] sum = ws.tile(1, width);
          to.get(0, sum, width);
          for (int at = 0; at < from.length(); at += width) {
            from.get(at, t, width);
            for (int i = 0; i < width; i++) {
              sum[i] += t[i];
            }
          }
          to.put(0, sum, width);
        });
  }

  @Override
  public void layerNorm(
      INDArray x,
      @Nullable INDArray residual,
      INDArray gamma,
      INDArray beta,
      float eps,
      INDArray stats,
      INDArray y) {
    Shapes.layerNorm(x, residual, gamma, beta, stats, y);
    layerNorm.forward(
        (int) x.size(0),
        (int) x.size(1),
        buffered("x", x),
        residual == null ? null : buffered("residual", residual),
        buffered("gamma", gamma),
        buffered("beta", beta),
        eps,
        buffered("stats", stats),
        buffered("y", y));
  }

  @Override
  public void layerNormGradient(
      INDArray dy, INDArray s, INDArray stats, INDArray gamma, INDArray ds) {
    Shapes.layerNorm(s, dy, gamma, gamma, stats, ds);
    layerNorm.backward(
        (int) s.size(0),
        (int) s.size(1),
        buffered("dy", dy),
        buffered("s", s),
        buffered("stats", stats),
        buffered("gamma", gamma),
        buffered("ds", ds));
  }

  @Override
  public void rmsNorm(
      INDArray x,
      @Nullable INDArray residual,
      INDArray gamma,
      float eps,
      INDArray stats,
      INDArray y) {
    Shapes.rmsNorm(x, residual, gamma, stats, y);
    rmsNorm.forward(
        (int) x.size(0),
        (int) x.size(1),
        buffered("x", x),
        residual == null ? null : buffered("residual", residual),
        buffered("gamma", gamma),
        eps,
        buffered("stats", stats),
        buffered("y", y));
  }

  @Override
  public void rmsNormGradient(
      INDArray dy, INDArray s, INDArray stats, INDArray gamma, INDArray ds) {
    Shapes.rmsNorm(s, dy, gamma, stats, ds);
    rmsNorm.backward(
        (int) s.size(0),
        (int) s.size(1),
        buffered("dy", dy),
        buffered("s", s),
        buffered("stats", stats),
        buffered("gamma", gamma),
        buffered("ds", ds));
  }

  @Override
  public void activate(Activation f, INDArray x, INDArray y) {
    Shapes.same("y", y, x);
    activations.activate(f, buffered("x", x), buffered("y", y));
  }

  @Override
  public void activationGradient(Activation f, INDArray x, INDArray dy, INDArray dx) {
    Shapes.same("dy", dy, x);
    Shapes.same("dx", dx, x);
    activations.gradient(f, buffered("x", x), buffered("dy", dy), buffered("dx", dx));
  }

  @Override
  public void gate(Activation f, INDArray gate, INDArray up, INDArray y) {
    Shapes.gate(gate, up, y);
    activations.gate(f, buffered("gate", gate), buffered("up", up), buffered("y", y));
  }

  @Override
  public void gateGradient(
      Activation f, INDArray gate, INDArray up, INDArray dy, INDArray dGate, INDArray dUp) {
    Shapes.gate(gate, up, dy, dGate, dUp);
    activations.gateGradient(
        f,
        buffered("gate", gate),
        buffered("up", up),
        buffered("dy", dy),
        buffered("dGate", dGate),
        buffered("dUp", dUp));
  }

  @Override
  public void linearActivation(
      INDArray x, FrozenLinear layer, Activation f, INDArray inner, INDArray y) {
    Shapes.same("y", y, inner);
    FrozenProduct.RowsDone activation =
        activations.activateRows(f, (int) y.size(1), buffered("inner", inner), buffered("y", y));
    linear(x, List.of(layer), List.of(inner), activation);
  }

  @Override
  public void activationLinearGradient(
      INDArray dy, FrozenLinear layer, Activation f, INDArray inner, INDArray dInner) {
    Shapes.same("dInner", dInner, inner);
    Floats gradient = buffered("dInner", dInner);
    FrozenProduct.RowsDone activation =
        activations.gradientRows(
            f, (int) inner.size(1), buffered("inner", inner), gradient, gradient);
    inputGradient(List.of(dy), List.of(layer), false, dInner, activation);
  }

  @Override
  public void linearLayerNorm(
      INDArray x,
      FrozenLinear layer,
      INDArray residual,
      INDArray gamma,
      INDArray beta,
      float eps,
      INDArray s,
      INDArray stats,
      INDArray y) {
    Shapes.layerNorm(s, residual, gamma, beta, stats, y);
    FrozenProduct.RowsDone norm =
        layerNorm.forwardRows(
            (int) s.size(1),
            buffered("s", s),
            buffered("residual", residual),
            buffered("gamma", gamma),
            buffered("beta", beta),
            eps,
            buffered("stats", stats),
            buffered("y", y));
    linear(x, List.of(layer), List.of(s), norm);
  }

  @Override
  public void tanh(INDArray x, INDArray y) {
    Shapes.same("y", y, x);
    activations.tanh(buffered("x", x), buffered("y", y));
  }

  @Override
  public void tanhGradient(INDArray y, INDArray dy, INDArray dx) {
    Shapes.same("dy", dy, y);
    Shapes.same("dx", dx, y);
    activations.tanhGradient(buffered("y", y), buffered("dy", dy), buffered("dx", dx));
  }

  @Override
  public void rotate(INDArray x, Rotation rotation, int[] positions, boolean back) {
    int heads = Shapes.rotation(x, rotation, positions);
    int last = 0;
    for (int position : positions) {
      last = Math.max(last, position);
    }
    sequences.rotate(
        buffered("x", x), heads, rotation.width(), rotation.table(last + 1), positions, back);
  }

  @Override
  public void attention(
      AttentionForm form,
      INDArray q,
      int[] queryOffsets,
      INDArray k,
      INDArray v,
      int[] keyOffsets,
      INDArray out) {
    int width = Shapes.attention(form, q, queryOffsets, k, keyOffsets);
    Shapes.same("v", v, k);
    Shapes.same("out", out, q);
    Floats qs = buffered("q", q);
    Floats ks = buffered("k", k);
    Floats vs = buffered("v", v);
    Floats result = buffered("out", out);
    if (isFull(form, width, queryOffsets, keyOffsets)) {
      fullAttention.forward(qs, ks, vs, queryOffsets, form.heads(), width, result);
    } else {
      attention.forward(
          new BlasAttention.Job(form, queryOffsets, keyOffsets, width), qs, ks, vs, result);
    }
  }

  @Override
  public void attentionGradient(
      AttentionForm form,
      INDArray q,
      int[] queryOffsets,
      INDArray k,
      INDArray v,
      int[] keyOffsets,
      INDArray dOut,
      INDArray dq,
      INDArray dk,
      INDArray dv) {
    int width = Shapes.attention(form, q, queryOffsets, k, keyOffsets);
    Shapes.same("v", v, k);
    Shapes.same("dOut", dOut, q);
    Shapes.same("dq", dq, q);
    Shapes.same("dk", dk, k);
    Shapes.same("dv", dv, k);
    Floats qs = buffered("q", q);
    Floats ks = buffered("k", k);
    Floats vs = buffered("v", v);
    Floats gradient = buffered("dOut", dOut);
    Floats dqs = buffered("dq", dq);
    Floats dks = buffered("dk", dk);
    Floats dvs = buffered("dv", dv);
    if (isFull(form, width, queryOffsets, keyOffsets)) {
      fullAttention.backward(
          qs, ks, vs, gradient, queryOffsets, form.heads(), width, dqs, dks, dvs);
    } else {
      attention.backward(
          new BlasAttention.Job(form, queryOffsets, keyOffsets, width),
          qs,
          ks,
          vs,
          gradient,
          dqs,
          dks,
          dvs);
    }
  }

  /** Whether every token of a sequence sees the same sequence: encoders have faster ways. */
  private static boolean isFull(
      AttentionForm form, int width, int[] queryOffsets, int[] keyOffsets) {
    return form.isFull(width) && Arrays.equals(queryOffsets, keyOffsets);
  }

  @Override
  public void embed(
      int[] tokenIds,
      int[] positionIds,
      int[] typeIds,
      INDArray word,
      @Nullable INDArray position,
      @Nullable INDArray type,
      INDArray out) {
    Shapes.embedding(tokenIds, positionIds, typeIds, word, position, type, out);
    sequences.embed(
        tokenIds,
        positionIds,
        typeIds,
        buffered("word", word),
        position == null ? null : buffered("position", position),
        type == null ? null : buffered("type", type),
        (int) out.size(1),
        buffered("out", out));
  }

  @Override
  public void meanPool(INDArray x, int[] offsets, INDArray y) {
    Shapes.pooled(x, offsets, y);
    sequences.meanPool(buffered("x", x), offsets, (int) x.size(1), buffered("y", y));
  }

  @Override
  public void meanPoolGradient(INDArray dy, int[] offsets, INDArray dx) {
    Shapes.pooled(dx, offsets, dy);
    sequences.meanPoolGradient(buffered("dy", dy), offsets, (int) dx.size(1), buffered("dx", dx));
  }

  @Override
  public void splitColumns(INDArray x, List<INDArray> parts) {
    Shapes.sideBySide(x, parts);
    Floats whole = buffered("x", x);
    int row = (int) x.size(1);
    int at = 0;
    for (INDArray part : parts) {
      int width = (int) part.size(1);
      columns.copy((int) x.size(0), width, whole, row, at, buffered("part", part), width, 0);
      at += width;
    }
  }

  @Override
  public void joinColumns(List<INDArray> parts, INDArray x) {
    Shapes.sideBySide(x, parts);
    Floats whole = buffered("x", x);
    int row = (int) x.size(1);
    int at = 0;
    for (INDArray part : parts) {
      int width = (int) part.size(1);
      columns.copy((int) x.size(0), width, buffered("part", part), width, 0, whole, row, at);
      at += width;
    }
  }

  @Override
  public void takeRows(INDArray x, int[] rows, INDArray y) {
    Shapes.taken(x, rows, y);
    sequences.takeRows(buffered("x", x), rows, (int) x.size(1), buffered("y", y));
  }

  @Override
  public void takeRowsGradient(INDArray dy, int[] rows, INDArray dx) {
    Shapes.taken(dx, rows, dy);
    sequences.takeRowsGradient(
        buffered("dy", dy), rows, (int) dx.size(1), (int) dx.size(0), buffered("dx", dx));
  }

  @Override
  public double crossEntropy(INDArray logits, float[] labels, float scale, INDArray dLogits) {
    Shapes.crossEntropy(logits, labels, dLogits);
    return losses.crossEntropy(
        buffered("logits", logits),
        labels,
        (int) logits.size(1),
        scale,
        buffered("dLogits", dLogits));
  }

  @Override
  public double squaredError(
      INDArray predictions, float[] targets, float scale, INDArray dPredictions) {
    Shapes.require("predictions", predictions, targets.length, 1);
    Shapes.same("dPredictions", dPredictions, predictions);
    return losses.squaredError(
        buffered("predictions", predictions),
        targets,
        scale,
        buffered("dPredictions", dPredictions));
  }

  @Override
  public void adamW(AdamWStep step, INDArray parameter, INDArray gradient, INDArray m, INDArray v) {
    Shapes.same("gradient", gradient, parameter);
    Shapes.same("m", m, parameter);
    Shapes.same("v", v, parameter);
    CpuOptimizer.adamW(
        tiles,
        step,
        buffered("parameter", parameter),
        buffered("gradient", gradient),
        buffered("m", m),
        buffered("v", v));
  }

  @Override
  public double sumOfSquares(INDArray x) {
    return tiles.sum(
        buffered("x", x),
        (t, count) -> {
          double sum = 0;
          for (int i = 0; i < count; i++) {
            sum += (double) t[i] * t[i];
          }
          return sum;
        });
  }

  @Override
  public void scale(float factor, INDArray x) {
    Floats values = buffered("x", x);
    tiles.elements(
        values.length(),
        (from, count, ws) -> {
          float[] t = ws.tile(0, count);
          values.get(from, t, count);
          for (int i = 0; i < count; i++) {
            t[i] *= factor;
          }
          values.put(from, t, count);
        });
  }

  private Floats operand(String name, INDArray array) {
    return workspace.get().operand(name, array);
  }

  private Floats buffered(String name, INDArray array) {
    return workspace.get().buffered(name, array);
  }
}
