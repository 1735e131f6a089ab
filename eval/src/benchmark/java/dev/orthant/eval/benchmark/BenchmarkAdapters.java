package dev.orthant.eval.benchmark;

import dev.orthant.core.features.StatisticsSource;
import dev.orthant.core.features.StatisticsSource.Unit;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.core.finetune.AdapterAssembly;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.Site;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Adapters of every kind there is, with their defaults, on a model of random weights. */
final class BenchmarkAdapters {

  private static final String TASK = "benchmark";
  private static final long COUNT = 1000;

  private BenchmarkAdapters() {}

  /** The names of all adapters on the class path, sorted. */
  static List<String> types() {
    List<String> names = new ArrayList<>();
    for (AdapterFactory<?> factory : ServiceLoader.load(AdapterFactory.class)) {
      names.add(factory.name());
    }
    Collections.sort(names);
    return names;
  }

  /** Adapters whose trained parameters are random, B too, so that all of them learn. */
  static AdapterSet of(String type, Transformer encoder) {
    AdapterSet adapters = fresh(factory(type), encoder);
    adapters
        .byModule()
        .forEach(
            (module, adapter) ->
                adapter.parameters().stream()
                    .filter(Parameter::isTrainable)
                    .forEach(p -> p.value().assign(values(module, p))));
    return adapters;
  }

  /** The number of trained parameters. */
  static long trained(AdapterSet adapters) {
    return adapters.parameters().stream()
        .distinct() // some are shared by several modules
        .filter(Parameter::isTrainable)
        .mapToLong(parameter -> parameter.value().length())
        .sum();
  }

  private static INDArray values(String module, Parameter p) {
    return array(module + "." + p.name(), p.value().shape());
  }

  /** Random values, a function of the name. */
  static INDArray array(String name, long... shape) {
    long elements = 1;
    for (long d : shape) {
      elements *= d;
    }
    return Nd4j.createFromArray(Model.values(name, elements)).reshape('c', shape);
  }

  private static <C extends Record> AdapterSet fresh(
      AdapterFactory<C> factory, Transformer encoder) {
    Set<String> adapted = factory.plan(factory.defaults(), encoder.sites()).keySet();
    return new AdapterAssembly<>(factory, factory.defaults(), null)
        .assemble(encoder, statistics(encoder, adapted), List.of(), 1);
  }

  /** Features without correlation and of falling variance, for adapters that start from those. */
  private static TaskStatistics statistics(Transformer encoder, Set<String> adapted) {
    Map<String, FeatureStatistics> modules = new LinkedHashMap<>();
    for (Site site : encoder.sites()) {
      if (!adapted.contains(site.module())) {
        continue;
      }
      int d = site.dIn();
      double[] gram = new double[d * d];
      for (int i = 0; i < d; i++) {
        gram[i * d + i] = (double) COUNT / (1 + i);
      }
      modules.put(site.module(), new FeatureStatistics(TASK, COUNT, new double[d], gram));
    }
    return new TaskStatistics(TASK, new StatisticsSource("random", "none", Unit.TOKENS), modules);
  }

  private static AdapterFactory<?> factory(String name) {
    for (AdapterFactory<?> factory : ServiceLoader.load(AdapterFactory.class)) {
      if (factory.name().equals(name)) {
        return factory;
      }
    }
    throw new IllegalStateException("there is no adapter '" + name + "' on the class path");
  }
}
