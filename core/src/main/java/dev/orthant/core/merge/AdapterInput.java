package dev.orthant.core.merge;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One adapter that takes part in a merge.
 *
 * @param name its name, different from the other inputs'
 * @param weight its weight, 1 unless the user says otherwise
 * @param deltas module path to delta, in the order of the model
 * @param statistics module path to the statistics of this adapter's features; empty if there are
 *     none
 * @param fisher module path to the diagonal Fisher information of its weights, read when asked for;
 *     empty if there is none
 */
public record AdapterInput(
    String name,
    double weight,
    Map<String, Delta> deltas,
    Map<String, FeatureStatistics> statistics,
    Map<String, Supplier<INDArray>> fisher) {

  /** Copies the maps, keeping their order. */
  public AdapterInput {
    requireNonNull(name, "name");
    deltas = Collections.unmodifiableMap(new LinkedHashMap<>(deltas));
    statistics = Map.copyOf(statistics);
    fisher = Map.copyOf(fisher);
  }

  /** An adapter of weight 1 without statistics. */
  public static AdapterInput of(String name, Map<String, ? extends Delta> deltas) {
    return new AdapterInput(name, 1, new LinkedHashMap<>(deltas), Map.of(), Map.of());
  }

  /** The same adapter with a weight. */
  public AdapterInput withWeight(double newWeight) {
    return new AdapterInput(name, newWeight, deltas, statistics, fisher);
  }

  /** The same adapter with statistics by module path. */
  public AdapterInput withStatistics(Map<String, FeatureStatistics> newStatistics) {
    return new AdapterInput(name, weight, deltas, newStatistics, fisher);
  }

  /** The same adapter with Fisher information by module path. */
  public AdapterInput withFisher(Map<String, Supplier<INDArray>> newFisher) {
    return new AdapterInput(name, weight, deltas, statistics, newFisher);
  }
}
