package dev.orthant.core.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.ThreadMXBean;
import dev.orthant.core.family.BertEncoder;
import dev.orthant.core.family.EncoderConfig;
import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.Site;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.Encoded;
import dev.orthant.core.train.AdamW;
import dev.orthant.core.train.NamedParameter;
import dev.orthant.core.train.TrainingConfig;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A thousand training steps in the memory of the first. */
final class StepMemoryTest {

  /** Large enough that all loops are soon compiled. */
  private static final EncoderConfig CONFIG = new EncoderConfig(64, 2, 2, 128, 30, 40, 2, 1e-12);

  private static final int RANK = 4;
  private static final int WARM_UP = 1200; // steps, after which everything is compiled
  private static final int STEPS = 1000;

  /**
   * Kernels describe their work to the threads of the pool; with six adapters that is some hundred
   * small objects a layer, whatever the size of the batch.
   */
  private static final long BYTES_PER_LAYER = 16 << 10;

  /** What a virtual machine does beside, such as compiling, moves its size by about 10 MB. */
  private static final long RESIDENT_GROWTH = 24L << 20;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final Random random = new Random(20261122);
  private final Transformer encoder = BertEncoder.load(CONFIG, new MapTensors(weights()));
  private final SequenceClassifier classifier =
      new SequenceClassifier(encoder, MeanPoolHead.fresh(encoder.sizes().hidden(), 2, random));
  private final AdapterSet adapters = adapters();
  private final float[] labels = {0, 1, 1, 0, 1, 0};
  private final List<Batch> batches = List.of(batch(17), batch(12)); // of two sizes in turn

  @Test
  void stepsAllocateNextToNothingAndResidentMemoryIsFlat() throws IOException {
    try (WorkerPool pool = new WorkerPool(2)) {
      Kernels kernels = new CpuKernels(pool);
      try (Pass pass = new Pass(kernels, adapters)) {
        AdamW optimizer = new AdamW(kernels, TrainingConfig.defaults(), parameters());
        train(pass, optimizer, WARM_UP);
        System.gc();
        long resident = residentBytes();
        long buffers = pass.bytes();
        long allocated = allocatedBytes();

        train(pass, optimizer, STEPS);

        long perStep = (allocatedBytes() - allocated) / STEPS;
        assertThat(perStep).isLessThan(BYTES_PER_LAYER * classifier.encoder().sizes().layers());
        assertThat(pass.bytes()).isEqualTo(buffers);
        System.gc();
        assertThat(residentBytes() - resident).isLessThan(RESIDENT_GROWTH);
      }
    }
  }

  /** Those of the tiny model, each side of it as large as this model wants it. */
  private Map<String, INDArray> weights() {
    Map<String, INDArray> weights = new LinkedHashMap<>();
    Map<Long, Long> sides = Map.of(8L, 64L, 16L, 128L, 20L, 30L, 9L, 40L, 2L, 2L);
    new TinyBert()
        .weights()
        .forEach(
            (name, tiny) ->
                weights.put(name, normal(LongStream.of(tiny.shape()).map(sides::get).toArray())));
    return weights;
  }

  private AdapterSet adapters() {
    Map<String, Adapter> all = new LinkedHashMap<>();
    for (Site site : encoder.sites()) {
      all.put(
          site.module(),
          new FactorAdapter(normal(RANK, site.dIn()), normal(site.dOut(), RANK), 0.5, 0));
    }
    return new AdapterSet(all);
  }

  private Batch batch(int shortest) {
    List<Encoded> sequences = new ArrayList<>();
    for (int i = 0; i < labels.length; i++) {
      int[] ids = random.ints(shortest + i, 0, 30).toArray();
      sequences.add(new Encoded(ids, new int[ids.length]));
    }
    return Batch.of(sequences);
  }

  private INDArray normal(long... shape) {
    float[] values = new float[(int) LongStream.of(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (0.1 * random.nextGaussian());
    }
    return Nd4j.createFromArray(values).reshape('c', shape);
  }

  private void train(Pass pass, AdamW optimizer, int steps) {
    for (int step = 0; step < steps; step++) {
      pass.training(true, step);
      classifier.lossAndGradients(pass, batches.get(step % 2), labels, 1f);
      optimizer.step(1e-4, optimizer.gradientNorm());
    }
  }

  private List<NamedParameter> parameters() {
    List<NamedParameter> all = new ArrayList<>();
    adapters
        .byModule()
        .forEach(
            (module, adapter) ->
                adapter
                    .parameters()
                    .forEach(p -> all.add(new NamedParameter(module + "." + p.name(), p))));
    classifier.head().parameters().forEach(p -> all.add(new NamedParameter("head." + p.name(), p)));
    return all;
  }

  /** By this thread and those of the pool. */
  private long allocatedBytes() {
    long sum = threads.getCurrentThreadAllocatedBytes();
    for (long id : threads.getAllThreadIds()) {
      var info = threads.getThreadInfo(id);
      if (info != null && info.getThreadName().startsWith("orthant-worker")) {
        sum += threads.getThreadAllocatedBytes(id);
      }
    }
    return sum;
  }

  private static long residentBytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    assumeThat(status).exists();
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .findFirst()
        .orElseThrow();
  }
}
