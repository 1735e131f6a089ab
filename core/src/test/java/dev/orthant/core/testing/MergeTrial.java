package dev.orthant.core.testing;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.Merger;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.MergerTraits;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs a merger on given inputs, in any order of tensors and on several threads, with a base of
 * ones, random statistics and a made-up model to fit rules to.
 *
 * @param inputs the deltas of each input by tensor name; all have the same tensors
 * @param names the inputs' names
 * @param weights the inputs' weights
 * @param seed of the random numbers
 */
record MergeTrial(
    List<Map<String, Delta>> inputs, List<String> names, double[] weights, long seed) {

  /** Inputs of weight 1 named x0, x1 and so on. */
  static MergeTrial of(List<Map<String, Delta>> inputs) {
    double[] ones = new double[inputs.size()];
    Arrays.fill(ones, 1);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < ones.length; i++) {
      names.add("x" + i);
    }
    return new MergeTrial(inputs, names, ones, 17);
  }

  /** The same inputs, last one first; names and weights go with them. */
  MergeTrial reversed() {
    List<Map<String, Delta>> turned = new ArrayList<>();
    List<String> turnedNames = new ArrayList<>();
    double[] turnedWeights = new double[weights.length];
    for (int i = inputs.size() - 1; i >= 0; i--) {
      turnedWeights[turned.size()] = weights[i];
      turned.add(inputs.get(i));
      turnedNames.add(names.get(i));
    }
    return new MergeTrial(turned, turnedNames, turnedWeights, seed);
  }

  /** Surveys if the merger has to, then merges tensor by tensor. */
  <C extends Record> Map<String, Delta> merge(MergerFactory<C> factory, C config) {
    Merger merger = surveyed(factory, config);
    Map<String, Delta> merged = new LinkedHashMap<>();
    for (String tensor : tensors()) {
      merged.put(tensor, merger.merge(new At(tensor)));
    }
    return merged;
  }

  /** The same with the tensors in reverse order, each on one of several threads. */
  <C extends Record> Map<String, Delta> mergeInParallel(MergerFactory<C> factory, C config) {
    Merger merger = surveyed(factory, config);
    List<String> order = new ArrayList<>(tensors());
    Collections.reverse(order);
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      Map<String, Future<Delta>> running = new LinkedHashMap<>();
      for (String tensor : order) {
        running.put(tensor, threads.submit(() -> merger.merge(new At(tensor))));
      }
      Map<String, Delta> merged = new LinkedHashMap<>();
      for (String tensor : tensors()) {
        merged.put(tensor, running.get(tensor).get());
      }
      return merged;
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    } finally {
      threads.shutdownNow();
    }
  }

  private <C extends Record> Merger surveyed(MergerFactory<C> factory, C config) {
    Merger merger = factory.create(config);
    boolean again = factory.traits(config).surveys();
    while (again) {
      tensors().forEach(tensor -> merger.survey(new At(tensor)));
      again = merger.surveysAgain();
    }
    if (factory.traits(config).needs().contains(MergerTraits.Need.UNLABELLED_DATA)) {
      merger.fit(model(), tensors().stream().<MergeTensor>map(At::new).toList());
    }
    return merger;
  }

  private RandomTrial model() {
    Map<String, Integer> widths = new LinkedHashMap<>();
    for (String tensor : tensors()) {
      long[] shape = new At(tensor).shape();
      if (shape.length == 2) {
        widths.put(tensor, (int) shape[1]);
      }
    }
    return new RandomTrial(names, widths);
  }

  private List<String> tensors() {
    return List.copyOf(inputs.get(0).keySet());
  }

  private final class At implements MergeTensor {

    private final String tensor;

    At(String tensor) {
      this.tensor = tensor;
    }

    @Override
    public String name() {
      return tensor;
    }

    @Override
    public long[] shape() {
      return delta(0).shape();
    }

    @Override
    public int inputs() {
      return inputs.size();
    }

    @Override
    public String input(int i) {
      return names.get(i);
    }

    @Override
    public Delta delta(int i) {
      return inputs.get(i).get(tensor);
    }

    @Override
    public double weight(int i) {
      return weights[i];
    }

    @Override
    public INDArray base() {
      return Nd4j.ones(shape());
    }

    @Override
    public Optional<FeatureStatistics> statistics(int i) {
      long[] shape = shape();
      return shape.length == 2
          ? Optional.of(RandomStatistics.of(input(i), (int) shape[1], input(i).hashCode()))
          : Optional.empty();
    }

    @Override
    public Optional<INDArray> fisher(int i) {
      Random random = new Random(31L * tensor.hashCode() + input(i).hashCode());
      INDArray values = Nd4j.create(shape());
      for (long k = 0; k < values.length(); k++) {
        values.putScalar(k, random.nextFloat());
      }
      return Optional.of(values);
    }

    @Override
    public CounterRandom random(int i) {
      return CounterRandom.of(seed, tensor, input(i));
    }
  }
}
