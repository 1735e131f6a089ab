package dev.orthant.core.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.features.StatisticsCollector;
import dev.orthant.core.features.StatisticsSource;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.spi.Site;
import dev.orthant.core.stats.FeatureStatistics;
import dev.orthant.core.text.Batch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The statistics collector listening to an encoder. */
final class EncoderStatisticsTest {

  private static final StatisticsSource SOURCE =
      new StatisticsSource("fingerprint", "tokenizer", StatisticsSource.Unit.TOKENS);

  /** Single-precision products over some tens of tokens, relative to the largest square. */
  private static final double ROUNDING = 1e-5;

  private final TinyBert tiny = new TinyBert();

  @Test
  void queryKeyAndValueShareAndTheOtherInputsAreApart() {
    Transformer encoder = tiny.encoder();

    TaskStatistics statistics = collect(encoder, new ArrayList<>());

    Set<FeatureStatistics> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
    distinct.addAll(statistics.modules().values());
    assertThat(statistics.modules().keySet())
        .containsExactlyElementsOf(encoder.sites().stream().map(Site::module).toList());
    // of the six linear layers of a layer, three read the same input
    assertThat(distinct).hasSize(encoder.sites().size() / 6 * 4);
    for (Site site : encoder.sites()) {
      assertThat(statistics.modules().get(site.module()).dimension()).isEqualTo(site.dIn());
      assertThat(statistics.modules().get(site.module()).count()).isEqualTo(2 * tokens());
    }
  }

  @Test
  void sumsAreThoseOfTheInputsShown() {
    Transformer encoder = tiny.encoder();
    List<INDArray> seen = new ArrayList<>();
    String module = encoder.sites().get(0).module();

    FeatureStatistics actual = collect(encoder, seen).modules().get(module);

    INDArray x = Nd4j.vstack(seen).castTo(DataType.DOUBLE); // [tokens, dIn]
    double[] gram = x.transpose().mmul(x).dup('c').data().asDouble();
    double largest = Nd4j.createFromArray(gram).maxNumber().doubleValue();
    assertThat(actual.gram()).containsExactly(gram, within(ROUNDING * largest));
    assertThat(actual.sum())
        .containsExactly(x.sum(0).dup('c').data().asDouble(), within(ROUNDING * largest));
  }

  /** The statistics of two passes; adds the inputs of the first site. */
  private TaskStatistics collect(Transformer encoder, List<INDArray> seen) {
    List<String> modules = encoder.sites().stream().map(Site::module).toList();
    try (WorkerPool pool = new WorkerPool(2)) {
      Kernels kernels = new CpuKernels(pool);
      StatisticsCollector collector = new StatisticsCollector("task", SOURCE, modules, kernels);
      try (Pass pass = new Pass(kernels, AdapterSet.none())) {
        pass.listener(
            (module, x) -> {
              if (module.equals(modules.get(0))) {
                seen.add(x.dup('c'));
              }
              collector.input(module, x);
            });
        encoder.forward(pass, tiny.batch());
        encoder.forward(pass, tiny.batch());
      }
      return collector.statistics();
    }
  }

  private long tokens() {
    Batch batch = tiny.batch();
    return batch.tokens();
  }
}
