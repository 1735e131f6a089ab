package dev.orthant.core.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.LowRank;
import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.spi.DeltaTransform;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.ShapeMismatchException;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One tensor during one pass, and what the report says of it. Used by one thread. */
final class EngineTensor implements MergeTensor {

  /** One input at this tensor. */
  record Input(
      String name,
      double weight,
      Supplier<Delta> delta,
      Optional<FeatureStatistics> statistics,
      Optional<Supplier<INDArray>> fisher) {}

  private final String name;
  private final long[] shape;
  private final long seed;
  private final List<Input> inputs;
  private final List<DeltaTransform> before;
  private final @Nullable Supplier<INDArray> base;
  private final double[] norms; // [inputs], NaN until an input was read
  private @Nullable INDArray baseValues;
  private double transformError;

  EngineTensor(
      String name,
      long[] shape,
      long seed,
      List<Input> inputs,
      List<DeltaTransform> before,
      @Nullable Supplier<INDArray> base) {
    this.name = name;
    this.shape = shape;
    this.seed = seed;
    this.inputs = inputs;
    this.before = before;
    this.base = base;
    this.norms = new double[inputs.size()];
    Arrays.fill(norms, Double.NaN);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  @Override
  public int inputs() {
    return inputs.size();
  }

  @Override
  public String input(int i) {
    return inputs.get(i).name();
  }

  @Override
  public Delta delta(int i) {
    Supplier<Delta> source = inputs.get(i).delta();
    Delta delta = source.get();
    double norm = source instanceof Held held ? held.norm() : delta.norm();
    requireFinite(i, norm);
    for (DeltaTransform transform : before) {
      DeltaTransform.Result result = transform.transform(name, delta, statistics(i), othersOf(i));
      transformError = Math.max(transformError, result.relativeError());
      delta = result.delta();
    }
    if (!Arrays.equals(delta.shape(), shape)) {
      throw new ShapeMismatchException(name, shape, delta.shape());
    }
    norms[i] = before.isEmpty() ? norm : delta.norm();
    return delta;
  }

  @Override
  public double weight(int i) {
    return inputs.get(i).weight();
  }

  @Override
  public INDArray base() {
    if (base == null) {
      throw new IllegalStateException("a merge without a base has no base tensor '" + name + "'");
    }
    if (baseValues == null) {
      baseValues = base.get();
    }
    return baseValues;
  }

  @Override
  public Optional<FeatureStatistics> statistics(int i) {
    return inputs.get(i).statistics();
  }

  @Override
  public Optional<INDArray> fisher(int i) {
    Optional<INDArray> values = inputs.get(i).fisher().map(Supplier::get);
    if (values.isPresent() && !Arrays.equals(values.get().shape(), shape)) {
      throw new ShapeMismatchException(
          name + " (Fisher information of " + input(i) + ")", shape, values.get().shape());
    }
    return values;
  }

  @Override
  public CounterRandom random(int i) {
    return CounterRandom.of(seed, name, input(i));
  }

  /** The merged delta with the transforms that come after the merge. */
  Delta transformed(Delta merged, List<DeltaTransform> after) {
    Delta delta = merged;
    for (DeltaTransform transform : after) {
      DeltaTransform.Result result = transform.afterMerge(this, delta);
      transformError = Math.max(transformError, result.relativeError());
      delta = result.delta();
    }
    return delta;
  }

  TensorReport report(String merger, Delta merged, boolean signConflicts) {
    if (!Arrays.equals(merged.shape(), shape)) {
      throw new ShapeMismatchException(name, shape, merged.shape());
    }
    double norm = merged.norm();
    if (!Double.isFinite(norm)) {
      throw new IllegalStateException(
          "merger '%s' made tensor '%s' of norm %s out of finite inputs"
              .formatted(merger, name, norm));
    }
    List<Double> inputNorms = new ArrayList<>();
    for (int i = 0; i < norms.length; i++) {
      inputNorms.add(Double.isNaN(norms[i]) ? delta(i).norm() : norms[i]);
    }
    return new TensorReport(
        name,
        inputNorms,
        meanCosine(),
        signConflicts ? signConflict() : null,
        norm,
        merged instanceof LoraDelta lora ? lora.rank() : null,
        transformError);
  }

  private @Nullable Double meanCosine() {
    List<Held> held = new ArrayList<>();
    for (Input input : inputs) {
      if (!(input.delta() instanceof Held each && each.delta() instanceof LoraDelta)) {
        return null;
      }
      held.add(each);
    }
    double sum = 0;
    int pairs = 0;
    for (int i = 0; i < held.size(); i++) {
      for (int j = i + 1; j < held.size(); j++) {
        double norms = held.get(i).norm() * held.get(j).norm();
        sum += norms == 0 ? 0 : LowRank.inner(held.get(i).delta(), held.get(j).delta()) / norms;
        pairs++;
      }
    }
    return pairs == 0 ? null : sum / pairs;
  }

  private double signConflict() {
    List<ElementTiles> deltas = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      deltas.add(ElementTiles.of(delta(i).dense()));
    }
    long shared = 0;
    long conflicting = 0;
    float[] tile = new float[ElementTiles.TILE];
    int[] positive = new int[ElementTiles.TILE];
    int[] negative = new int[ElementTiles.TILE];
    long size = deltas.get(0).size();
    for (long at = 0; at < size; at += ElementTiles.TILE) {
      int length = (int) Math.min(ElementTiles.TILE, size - at);
      Arrays.fill(positive, 0);
      Arrays.fill(negative, 0);
      for (ElementTiles delta : deltas) {
        delta.read(at, tile, length);
        for (int k = 0; k < length; k++) {
          positive[k] += tile[k] > 0 ? 1 : 0;
          negative[k] += tile[k] < 0 ? 1 : 0;
        }
      }
      for (int k = 0; k < length; k++) {
        shared += positive[k] + negative[k] > 1 ? 1 : 0;
        conflicting += positive[k] > 0 && negative[k] > 0 ? 1 : 0;
      }
    }
    return shared == 0 ? 0 : (double) conflicting / shared;
  }

  private List<FeatureStatistics> othersOf(int i) {
    List<FeatureStatistics> others = new ArrayList<>();
    for (int j = 0; j < inputs.size(); j++) {
      if (j != i) {
        inputs.get(j).statistics().ifPresent(others::add);
      }
    }
    return others;
  }

  private void requireFinite(int i, double norm) {
    if (!Double.isFinite(norm)) {
      throw new IllegalArgumentException(
          "tensor '%s' of input '%s' holds numbers that are not finite".formatted(name, input(i)));
    }
  }

  /** A delta that is in memory anyway, and its norm. */
  record Held(Delta delta, double norm) implements Supplier<Delta> {

    Held(Delta delta) {
      this(delta, delta.norm());
    }

    @Override
    public Delta get() {
      return delta;
    }
  }
}
