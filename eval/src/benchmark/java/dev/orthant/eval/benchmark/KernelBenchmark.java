package dev.orthant.eval.benchmark;

import dev.orthant.core.backend.NativeBackend;
import dev.orthant.core.kernel.Activation;
import dev.orthant.core.kernel.AdamWStep;
import dev.orthant.core.kernel.AttentionForm;
import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.text.Batch;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Each operation on the arrays of one layer of MiniLM, 32 sequences of 128 tokens. The counter
 * {@code gigabytes} is what the operation has to read and write at least; compare it with that of
 * {@code copy}, the memory's own rate. What is far below is bound by arithmetic, or slow.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class KernelBenchmark {

  private static final AttentionForm FORM =
      AttentionForm.full(Model.MINILM.heads, Model.MINILM.hidden / Model.MINILM.heads);
  private static final int D = Model.MINILM.hidden;
  private static final int INNER = Model.MINILM.intermediate;
  private static final int ADAPTERS = 12 * 2 * Model.RANK * D;

  /** The operation. */
  @Param({
    "copy",
    "layerNorm",
    "layerNormGradient",
    "gelu",
    "geluGradient",
    "attention",
    "attentionGradient",
    "axpy",
    "dropout",
    "meanPool",
    "adamW"
  })
  public String operation = "copy";

  private Runnable work = () -> {};
  private long floats;

  /** What is counted beside the time. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Traffic {
    /** Read and written, in units of 1e9 bytes. */
    public double gigabytes;
  }

  /** Makes the arrays. */
  @Setup
  public void prepare() {
    NativeBackend.load();
    Kernels kernels = new CpuKernels(WorkerPool.ofProcessors());
    Batch batch = Work.MINILM_STEP.batches().get(0);
    int[] offsets = batch.offsets();
    int n = batch.tokens();
    INDArray x = random(n, D);
    INDArray y = random(n, D);
    INDArray gamma = random(D);
    INDArray stats = random(n, 2);
    switch (operation) {
      case "copy" -> set(() -> y.assign(x), 2L * n * D);
      case "layerNorm" -> {
        INDArray residual = random(n, D);
        set(() -> kernels.layerNorm(x, residual, gamma, gamma, Model.EPS, stats, y), 4L * n * D);
      }
      case "layerNormGradient" -> {
        INDArray ds = random(n, D);
        kernels.layerNorm(x, null, gamma, gamma, Model.EPS, stats, y);
        set(() -> kernels.layerNormGradient(y, x, stats, gamma, ds), 3L * n * D);
      }
      case "gelu" -> {
        INDArray in = random(n, INNER);
        INDArray out = random(n, INNER);
        set(() -> kernels.activate(Activation.GELU, in, out), 2L * n * INNER);
      }
      case "geluGradient" -> {
        INDArray in = random(n, INNER);
        INDArray dy = random(n, INNER);
        INDArray dx = random(n, INNER);
        set(() -> kernels.activationGradient(Activation.GELU, in, dy, dx), 3L * n * INNER);
      }
      case "attention" -> {
        INDArray k = random(n, D);
        INDArray v = random(n, D);
        set(() -> kernels.attention(FORM, x, offsets, k, v, offsets, y), 4L * n * D);
      }
      case "attentionGradient" -> {
        INDArray k = random(n, D);
        INDArray v = random(n, D);
        INDArray dq = random(n, D);
        INDArray dk = random(n, D);
        INDArray dv = random(n, D);
        set(
            () -> kernels.attentionGradient(FORM, x, offsets, k, v, offsets, y, dq, dk, dv),
            7L * n * D);
      }
      case "axpy" -> set(() -> kernels.axpy(1e-3f, x, y), 3L * n * D);
      case "dropout" -> set(() -> kernels.dropout(x, 0.1f, 1, y), 2L * n * D);
      case "meanPool" -> {
        INDArray pooled = random(batch.size(), D);
        set(() -> kernels.meanPool(x, offsets, pooled), (long) n * D);
      }
      case "adamW" -> {
        INDArray parameter = random(ADAPTERS);
        INDArray gradient = random(ADAPTERS);
        INDArray m = random(ADAPTERS);
        INDArray v = Nd4j.zeros(ADAPTERS);
        AdamWStep step = new AdamWStep(1e-3, 0.9, 0.999, 1e-8, 0.01, 1, 1);
        set(() -> kernels.adamW(step, parameter, gradient, m, v), 7L * ADAPTERS);
      }
      default -> throw new IllegalArgumentException("there is no operation " + operation);
    }
  }

  /** Runs the operation once. */
  @Benchmark
  public void run(Traffic traffic) {
    work.run();
    traffic.gigabytes += 4e-9 * floats;
  }

  private void set(Runnable what, long moved) {
    work = what;
    floats = moved;
  }

  private static INDArray random(long... shape) {
    long elements = 1;
    for (long size : shape) {
      elements *= size;
    }
    return Nd4j.createFromArray(Model.values("x", elements)).muli(20).reshape('c', shape);
  }
}
