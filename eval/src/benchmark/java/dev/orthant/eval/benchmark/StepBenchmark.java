package dev.orthant.eval.benchmark;

import dev.orthant.core.kernel.Precision;
import java.util.concurrent.TimeUnit;
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

/** Orthant's steps alone; with {@code -prof gc} it tells what a step allocates on the heap. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
public class StepBenchmark {

  /** The work. */
  @Param({"MINILM_STEP", "MINILM_MOSLORA_STEP", "MINILM_REALISTIC_STEP", "MINILM_EVALUATION"})
  public Work work = Work.MINILM_STEP;

  /** The numbers that products with frozen weights are computed from. */
  @Param({"FP32", "BF16"})
  public Precision precision = Precision.FP32;

  private Side side = () -> 0;

  /** Builds the model. */
  @Setup
  public void prepare() {
    side = new OrthantStep(work, Runtime.getRuntime().availableProcessors(), precision);
  }

  /** One step. */
  @Benchmark
  public double step() {
    return side.run();
  }
}
