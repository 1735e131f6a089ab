package dev.orthant.core.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.orthant.core.finetune.ClassifierModel;
import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.spi.Parameter;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link ClassifierModel#activate} does to the passes of a model of two layers. */
final class LayerActivationTest {

  private static final double HALF = 0.5;

  private final WorkerPool pool = new WorkerPool(1);
  private final TinyBert tiny = new TinyBert();
  private final SequenceClassifier classifier = tiny.classifier(MeanPoolHead.NAME);

  @AfterEach
  void closePool() {
    pool.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aLayerThatRestsIsAsIfItHadNoAdapters(int rested) {
    AdapterSet adapters = tiny.adapters(module -> true, 0.1);
    Predicate<String> rests = module -> module.contains("layer." + rested + ".");
    AdapterSet others = tiny.adapters(rests.negate(), 0.1);
    try (Pass pass = new Pass(new CpuKernels(pool), adapters);
        Pass alone = new Pass(new CpuKernels(pool), others)) {
      ClassifierModel model = new ClassifierModel(classifier, adapters, pass);
      loss(model); // what a layer keeps of this pass must not be taken for the next
      clear(adapters);

      Set<Parameter> resting = model.activate(HALF, seedThatRests(model, adapters, rested));
      double loss = loss(model);

      assertThat(loss).isEqualTo(loss(new ClassifierModel(classifier, others, alone)));
      assertThat(resting).isEqualTo(parameters(adapters, rests));
      adapters
          .byModule()
          .forEach(
              (module, adapter) ->
                  assertThat(adapter.parameters())
                      .allMatch(
                          p ->
                              rests.test(module)
                                  == (p.gradient().norm2Number().doubleValue() == 0)));
    }
  }

  @Test
  void withCertaintyNothingRests() {
    AdapterSet adapters = tiny.adapters(module -> true, 0);
    try (Pass pass = new Pass(new CpuKernels(pool), adapters)) {
      ClassifierModel model = new ClassifierModel(classifier, adapters, pass);

      assertThat(model.activate(1, 3)).isEmpty();
      assertThat(pass.adapters()).isEqualTo(adapters);
    }
  }

  @Test
  void aModelWithoutAdaptersHasNothingToActivate() {
    try (Pass pass = new Pass(new CpuKernels(pool), AdapterSet.none())) {
      ClassifierModel model = new ClassifierModel(classifier, AdapterSet.none(), pass);

      assertThatIllegalArgumentException()
          .isThrownBy(() -> model.activate(HALF, 1))
          .withMessage("coto needs a model with adapters");
    }
  }

  private static long seedThatRests(ClassifierModel model, AdapterSet adapters, int layer) {
    Set<Parameter> wanted = parameters(adapters, m -> m.contains("layer." + layer + "."));
    long seed = 0;
    while (!model.activate(HALF, seed).equals(wanted)) {
      seed++;
    }
    return seed;
  }

  private double loss(ClassifierModel model) {
    return model.lossAndGradients(tiny.batch(), tiny.labels(), 1, 5);
  }

  private static void clear(AdapterSet adapters) {
    adapters.parameters().forEach(p -> p.gradient().assign(0));
  }

  private static Set<Parameter> parameters(AdapterSet adapters, Predicate<String> wanted) {
    return adapters.byModule().entrySet().stream()
        .filter(entry -> wanted.test(entry.getKey()))
        .flatMap(entry -> entry.getValue().parameters().stream())
        .collect(Collectors.toSet());
  }
}
