package dev.orthant.core.kernel;

import dev.orthant.core.kernel.OneDnnMatmul.Start;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Products with frozen weights, split into blocks of rows. How they are split depends on the shape
 * alone, so the number of threads does not change a bit.
 */
final class FrozenProduct {

  /**
   * Told of rows of all results as soon as they are complete, by the thread that made them: they
   * are still in its cache.
   */
  @FunctionalInterface
  interface RowsDone {

    /** For when nobody has to be told. */
    RowsDone NOTHING = (from, to) -> {};

    /** The rows from {@code from} (inclusive) to {@code to} (exclusive) are complete. */
    void rows(int from, int to);
  }

  /**
   * One of several products over the same rows.
   *
   * @param layer [dOut, dIn]
   * @param in x [n, dIn]; for the gradient, dy [n, dOut]
   * @param bias [dOut], or null for none; not used for the gradient
   * @param out y [n, dOut]; for the gradient, dx [n, dIn]
   */
  record Part(FrozenLinear layer, Floats in, @Nullable Floats bias, Floats out) {

    private int outputs() {
      return layer.outputs();
    }

    private int inputs() {
      return layer.inputs();
    }

    private @Nullable HalfMatrix half() {
      return layer.half();
    }

    private Floats weight() {
      return Floats.of("weight", layer.weight());
    }
  }

  private static final int SMALLEST = 16; // rows of a block
  private static final int BLOCKS = 4; // that there should be, at least
  private static final int MULTIPLE = 8; // of rows, or fewer: the library compiles for each number

  private final WorkerPool pool;
  private final CpuProduct blas;
  private final HalfProduct halves;
  private final @Nullable OneDnn library;
  private final Precision precision;

  /** Products through oneDNN, if there is the library, and through the BLAS otherwise. */
  FrozenProduct(
      WorkerPool pool,
      CpuProduct blas,
      HalfProduct halves,
      @Nullable OneDnn library,
      Precision precision) {
    this.pool = pool;
    this.blas = blas;
    this.halves = halves;
    this.library = library;
    this.precision = precision;
  }

  /** {@code y = x w' + bias} for each part; what is the same x is the same object. */
  void forward(int n, List<Part> parts, RowsDone done) {
    if (library != null && packs(parts)) {
      packed(n, parts, library, true, false, done);
      return;
    }
    for (Part part : parts) {
      HalfMatrix half = part.half();
      if (half != null) {
        halves.forward(n, part.in(), half, part.bias(), part.out());
        continue;
      }
      CpuProduct.Form form = new CpuProduct.Form(n, part.outputs(), part.inputs(), false, true);
      blas.run(form, 1f, part.in(), part.weight(), 0f, part.out(), part.bias());
    }
    forBlocks(n, OneDnnMatmul.ROWS, done);
  }

  /** {@code dx = dy w}, or {@code dx += dy w}, summed over the parts; all have the same dx. */
  void inputGradient(int n, List<Part> parts, boolean accumulate, RowsDone done) {
    if (library != null && packs(parts)) {
      packed(n, parts, library, false, accumulate, done);
      return;
    }
    float keep = accumulate ? 1f : 0f;
    for (Part part : parts) {
      HalfMatrix half = part.half();
      if (half != null) {
        halves.inputGradient(n, part.in(), half, keep > 0, part.out());
        keep = 1f;
        continue;
      }
      CpuProduct.Form form = new CpuProduct.Form(n, part.inputs(), part.outputs(), false, false);
      blas.run(form, 1f, part.in(), part.weight(), keep, part.out(), null);
      keep = 1f;
    }
    forBlocks(n, OneDnnMatmul.ROWS, done);
  }

  /** Copies in single precision would undo what halves save; those in bfloat16 are as small. */
  private boolean packs(List<Part> parts) {
    if (precision == Precision.BF16) {
      return true;
    }
    for (Part part : parts) {
      if (part.layer().isHalf()) {
        return false;
      }
    }
    return true;
  }

  private void packed(
      int n, List<Part> parts, OneDnn dnn, boolean forward, boolean accumulate, RowsDone done) {
    PackedWeight.Form form = PackedWeight.Form.of(forward, precision);
    PackedWeight[] weights = new PackedWeight[parts.size()];
    int most = Integer.MAX_VALUE;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = parts.get(i).layer().packed(form, dnn);
      most = Math.min(most, weights[i].matmul().rows());
    }
    forBlocks(
        n,
        most,
        (from, to) -> {
          int even = from + (to - from) / MULTIPLE * MULTIPLE;
          multiply(parts, weights, forward, accumulate, from, even - from);
          multiply(parts, weights, forward, accumulate, even, to - even);
          done.rows(from, to);
        });
  }

  private static void multiply(
      List<Part> parts,
      PackedWeight[] weights,
      boolean forward,
      boolean accumulate,
      int row,
      int rows) {
    for (int i = 0; rows > 0 && i < weights.length; ) {
      Floats in = parts.get(i).in();
      OneDnnMatmul matmul = weights[i].matmul();
      long factor = in.address((long) row * matmul.inputs());
      OneDnnRounding rounding = matmul.borrowRounding();
      if (rounding != null) {
        factor = rounding.round(factor, rows);
      }
      for (; i < weights.length && parts.get(i).in() == in; i++) {
        Part part = parts.get(i);
        Floats bias = part.bias();
        weights[i].multiply(
            rows,
            factor,
            start(forward, accumulate || i > 0, bias),
            bias == null ? 0 : bias.address(0),
            part.out().address((long) row * weights[i].matmul().outputs()));
      }
      if (rounding != null) {
        matmul.giveBack(rounding);
      }
    }
  }

  /** A gradient is summed up over the parts, while each part of a forward pass has its result. */
  private static Start start(boolean forward, boolean adds, @Nullable Floats bias) {
    if (forward) {
      return bias == null ? Start.ZERO : Start.BIAS;
    }
    return adds ? Start.RESULT : Start.ZERO;
  }

  /** Blocks of so many rows, or fewer if there are few rows. */
  private void forBlocks(int n, int most, RowsDone done) {
    int size = most;
    while (size > SMALLEST && n < BLOCKS * size) {
      size /= 2;
    }
    int rows = size;
    pool.forEach(
        (n + rows - 1) / rows, block -> done.rows(block * rows, Math.min(n, (block + 1) * rows)));
  }
}
