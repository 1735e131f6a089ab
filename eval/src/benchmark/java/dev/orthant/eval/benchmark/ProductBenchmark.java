package dev.orthant.eval.benchmark;

import dev.orthant.core.backend.NativeBackend;
import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.FrozenLinear;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.Precision;
import dev.orthant.core.kernel.WorkerPool;
import java.util.List;
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
 * The products of a layer; the counter {@code gigaflops} is the rate. {@code blas} is the same
 * product with weights that are not packed.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ProductBenchmark {

  /** Rows, inputs and outputs. */
  @Param({"4096x384x384", "4096x384x1536", "4096x1536x384", "2048x768x3072", "768x384x384"})
  public String shape = "4096x384x384";

  private Kernels kernels;
  private Kernels bf16;
  private FrozenLinear frozen;
  private INDArray x;
  private INDArray y;
  private INDArray dx;
  private double flops;

  /** What is counted beside the time. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Arithmetic {
    /** Additions and multiplications, in units of 1e9. */
    public double gigaflops;
  }

  /** Makes the arrays. */
  @Setup
  public void prepare() {
    NativeBackend.load();
    String[] sizes = shape.split("x");
    int n = Integer.parseInt(sizes[0]);
    int dIn = Integer.parseInt(sizes[1]);
    int dOut = Integer.parseInt(sizes[2]);
    kernels = new CpuKernels(WorkerPool.ofProcessors());
    bf16 = kernels.withPrecision(Precision.BF16);
    x = random(n, dIn);
    y = random(n, dOut);
    dx = random(n, dIn);
    frozen = FrozenLinear.of(random(dOut, dIn), null);
    flops = 2.0 * n * dIn * dOut;
  }

  /** The product of a library that packs anew each time. */
  @Benchmark
  public void blas(Arithmetic count) {
    kernels.linear(x, frozen.weight(), null, y);
    count.gigaflops += flops / 1e9;
  }

  /** The forward product. */
  @Benchmark
  public void forward(Arithmetic count) {
    kernels.linear(x, List.of(frozen), List.of(y));
    count.gigaflops += flops / 1e9;
  }

  /** The gradient to the input. */
  @Benchmark
  public void inputGradient(Arithmetic count) {
    kernels.linearInputGradient(List.of(y), List.of(frozen), false, dx);
    count.gigaflops += flops / 1e9;
  }

  /** The forward product in bf16. */
  @Benchmark
  public void forwardBf16(Arithmetic count) {
    bf16.linear(x, List.of(frozen), List.of(y));
    count.gigaflops += flops / 1e9;
  }

  private static INDArray random(long... shape) {
    return Nd4j.createFromArray(Model.values("x", shape[0] * shape[1])).reshape('c', shape);
  }
}
