package dev.orthant.eval.benchmark;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.backend.NativeBackend;
import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.Precision;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.BertEncoder;
import dev.orthant.core.nn.MeanPoolHead;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.nn.SequenceClassifier;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.Site;
import dev.orthant.core.text.Batch;
import dev.orthant.core.train.AdamW;
import dev.orthant.core.train.NamedParameter;
import dev.orthant.core.train.TrainingConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A step of Orthant, as its trainer and its predictor do it. */
final class OrthantStep implements Side {

  private final Work work;
  private final List<Batch> batches;
  private final List<float[]> labels;
  private final SequenceClassifier classifier;
  private final Pass pass;
  private final AdamW optimizer;
  private int steps;

  OrthantStep(Work work, int threads, Precision precision) {
    NativeBackend.load();
    this.work = work;
    this.batches = work.batches();
    this.labels = batches.stream().map(work::labels).toList();
    Kernels kernels = new CpuKernels(new WorkerPool(threads)).withPrecision(precision);
    BertEncoder encoder = BertEncoder.load(work.model.config(), new RandomWeights(work.model));
    Map<String, Adapter> adapters = adapters(encoder, work.adapter);
    this.classifier =
        new SequenceClassifier(
            encoder,
            new MeanPoolHead(
                array("head.weight", Model.CLASSES, work.model.hidden),
                array("head.bias", Model.CLASSES)));
    this.pass = new Pass(kernels, new AdapterSet(adapters));
    List<NamedParameter> parameters = new ArrayList<>();
    adapters.forEach(
        (module, adapter) ->
            adapter
                .parameters()
                .forEach(p -> parameters.add(new NamedParameter(module + "." + p.name(), p))));
    classifier
        .head()
        .parameters()
        .forEach(p -> parameters.add(new NamedParameter("head." + p.name(), p)));
    this.optimizer = new AdamW(kernels, TrainingConfig.defaults(), parameters);
  }

  @Override
  public double run() {
    int turn = steps++ % batches.size();
    Batch batch = batches.get(turn);
    if (!work.trains) {
      pass.training(false, 0);
      return classifier.logits(pass, batch).sumNumber().doubleValue();
    }
    pass.training(true, steps);
    double loss = classifier.lossAndGradients(pass, batch, labels.get(turn), 1);
    optimizer.step(Model.LEARNING_RATE, optimizer.gradientNorm());
    return loss;
  }

  private static Map<String, Adapter> adapters(BertEncoder encoder, Work.Adapter kind) {
    Map<String, Site> sites =
        encoder.sites().stream().collect(Collectors.toMap(Site::module, Function.identity()));
    Map<String, Adapter> adapters = new LinkedHashMap<>();
    AdapterFactory<?> factory = factory(kind.name().toLowerCase(java.util.Locale.ROOT));
    adapt(factory, encoder, sites, adapters);
    return adapters;
  }

  private static <C extends Record> void adapt(
      AdapterFactory<C> factory,
      BertEncoder encoder,
      Map<String, Site> sites,
      Map<String, Adapter> adapters) {
    factory
        .plan(factory.defaults(), encoder.sites())
        .forEach(
            (module, config) -> {
              AdapterSite site =
                  AdapterSite.builder(requireNonNull(sites.get(module)), new SplittableRandom(1))
                      .build();
              Adapter adapter = factory.create(config, site);
              for (Parameter p : adapter.parameters()) {
                p.value()
                    .assign(
                        array(module + "." + p.name(), p.value().shape())); // B too, so all learn
              }
              adapters.put(module, adapter);
            });
  }

  private static AdapterFactory<?> factory(String name) {
    for (AdapterFactory<?> factory : ServiceLoader.load(AdapterFactory.class)) {
      if (factory.name().equals(name)) {
        return factory;
      }
    }
    throw new IllegalStateException("there is no adapter '" + name + "' on the class path");
  }

  private static INDArray array(String name, long... shape) {
    long elements = 1;
    for (long d : shape) {
      elements *= d;
    }
    return Nd4j.createFromArray(Model.values(name, elements)).reshape('c', shape);
  }
}
