package dev.orthant.core.application;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.LowRank;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.DeltaAdapter;
import dev.orthant.core.spi.ShapeMismatchException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What is added to the weights of a base model: nothing, one adapter, a weighted sum of several, or
 * the result of a merge. The base is neither copied nor changed, so any number of adaptations of it
 * can be in use at once.
 *
 * <p>Immutable, and safe for use by several threads. {@link #close} frees its memory once no
 * request is running with it; without that the garbage collector does so in its own time.
 */
public final class Adaptation implements AutoCloseable {

  private static final Adaptation NONE = new Adaptation(Map.of());

  private final Map<String, Delta> deltas;
  private final AdapterSet adapters;
  private final Gate gate = new Gate("the adaptation");

  private Adaptation(Map<String, Delta> deltas) {
    this.deltas = Collections.unmodifiableMap(new LinkedHashMap<>(deltas));
    this.adapters = deltas.isEmpty() ? AdapterSet.none() : DeltaAdapter.adapters(this.deltas);
  }

  /** The base model as it is. */
  public static Adaptation none() {
    return NONE;
  }

  /**
   * Deltas by module path, which become this adaptation's own: they are freed with it.
   *
   * @param deltas not to be used by anybody else afterwards
   */
  public static Adaptation of(Map<String, ? extends Delta> deltas) {
    return deltas.isEmpty() ? NONE : new Adaptation(new LinkedHashMap<>(deltas));
  }

  /**
   * The sum of {@code weight * delta} over adaptations, exact: factors are stacked, and a sum with
   * one that is not low-rank is dense. A module that only some adapt is adapted by those. The
   * result has memory of its own.
   *
   * @param weights one finite number for each adaptation; they need not add up to 1
   * @throws IllegalArgumentException if there are more or fewer weights, or one is not finite
   * @throws ShapeMismatchException if two adapt a module of one name and another shape
   */
  public static Adaptation blend(List<Adaptation> adaptations, double... weights) {
    if (adaptations.size() != weights.length) {
      throw new IllegalArgumentException(
          "%d adaptations to blend but %d weights".formatted(adaptations.size(), weights.length));
    }
    Map<String, List<Delta>> byModule = new LinkedHashMap<>();
    Map<String, List<Double>> factors = new LinkedHashMap<>();
    List<Adaptation> entered = new ArrayList<>();
    try {
      for (int i = 0; i < weights.length; i++) {
        Adaptation source = adaptations.get(i);
        double weight = weights[i];
        source.enter();
        entered.add(source);
        requireFinite(weight);
        source.deltas.forEach(
            (module, delta) -> {
              byModule.computeIfAbsent(module, m -> new ArrayList<>()).add(delta);
              factors.computeIfAbsent(module, m -> new ArrayList<>()).add(weight);
            });
      }
      Map<String, Delta> sums = new LinkedHashMap<>();
      byModule.forEach((module, at) -> sums.put(module, sum(module, at, factors.get(module))));
      return of(sums);
    } finally {
      entered.forEach(Adaptation::exit);
    }
  }

  /** {@code weight} times this adaptation, with memory of its own. */
  public Adaptation times(double weight) {
    return blend(List.of(this), weight);
  }

  /** Module path to what is added there; not to be modified. Empty for the base as it is. */
  public Map<String, Delta> deltas() {
    return deltas;
  }

  /** Frees the memory as soon as no request uses it; requests that come later are refused. */
  @Override
  public void close() {
    if (this != NONE && gate.close()) {
      deltas.values().forEach(delta -> Memory.free(arrays(delta)));
    }
  }

  /** The same for a pass. */
  AdapterSet adapters() {
    return adapters;
  }

  /** Begins a use, before whose end nothing is freed. */
  void enter() {
    if (this != NONE) {
      gate.enter();
    }
  }

  /** Ends a use. */
  void exit() {
    if (this != NONE) {
      gate.exit();
    }
  }

  private static Delta sum(String module, List<Delta> deltas, List<Double> weights) {
    long[] shape = deltas.get(0).shape();
    for (Delta delta : deltas) {
      if (!Arrays.equals(shape, delta.shape())) {
        throw new ShapeMismatchException(module, shape, delta.shape());
      }
    }
    double[] factors = weights.stream().mapToDouble(w -> w).toArray();
    if (deltas.stream().allMatch(LoraDelta.class::isInstance)) {
      LoraDelta stacked =
          LowRank.weightedSum(deltas.stream().map(LoraDelta.class::cast).toList(), factors);
      return isOneOf(stacked, deltas) ? copy(stacked) : stacked;
    }
    INDArray sum = Nd4j.zeros(DataType.FLOAT, shape);
    for (int i = 0; i < factors.length; i++) {
      INDArray dense = deltas.get(i).dense();
      sum.addi(dense.muli(factors[i]));
      Memory.free(List.of(dense)); // at once: it is as large as the weights
    }
    return new DenseDelta(sum);
  }

  /** Whether the sum has an array of a summand, as that of one summand may. */
  private static boolean isOneOf(LoraDelta sum, List<Delta> deltas) {
    return deltas.stream()
        .anyMatch(d -> d instanceof LoraDelta low && (low.a() == sum.a() || low.b() == sum.b()));
  }

  /** The same with arrays of its own. */
  static Delta copy(Delta delta) {
    return delta instanceof LoraDelta low
        ? new LoraDelta(low.b().dup('c'), low.a().dup('c'), low.scaling())
        : new DenseDelta(delta.dense());
  }

  private static List<INDArray> arrays(Delta delta) {
    if (delta instanceof LoraDelta low) {
      return List.of(low.b(), low.a());
    }
    return delta instanceof DenseDelta dense ? List.of(dense.values()) : List.of();
  }

  private static void requireFinite(double weight) {
    if (!Double.isFinite(weight)) {
      throw new IllegalArgumentException("the weight of an adapter is finite, was " + weight);
    }
  }
}
