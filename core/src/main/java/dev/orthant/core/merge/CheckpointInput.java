package dev.orthant.core.merge;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.Map;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One fine-tuned model that takes part in a merge.
 *
 * @param name its name, different from the other inputs'
 * @param weight its weight, 1 unless the user says otherwise
 * @param tensors its weights
 * @param statistics module path (a tensor's name without {@code .weight}) to the statistics of this
 *     model's features; empty if there are none
 * @param fisher tensor name to the diagonal Fisher information of its weights, read when asked for;
 *     empty if there is none
 */
public record CheckpointInput(
    String name,
    double weight,
    TensorSource tensors,
    Map<String, FeatureStatistics> statistics,
    Map<String, Supplier<INDArray>> fisher) {

  /** Copies the statistics. */
  public CheckpointInput {
    requireNonNull(name, "name");
    requireNonNull(tensors, "tensors");
    statistics = Map.copyOf(statistics);
    fisher = Map.copyOf(fisher);
  }

  /** A model of weight 1 without statistics. */
  public static CheckpointInput of(String name, TensorSource tensors) {
    return new CheckpointInput(name, 1, tensors, Map.of(), Map.of());
  }

  /** The same model with a weight. */
  public CheckpointInput withWeight(double newWeight) {
    return new CheckpointInput(name, newWeight, tensors, statistics, fisher);
  }

  /** The same model with statistics by module path. */
  public CheckpointInput withStatistics(Map<String, FeatureStatistics> newStatistics) {
    return new CheckpointInput(name, weight, tensors, newStatistics, fisher);
  }

  /** The same model with Fisher information by tensor name. */
  public CheckpointInput withFisher(Map<String, Supplier<INDArray>> newFisher) {
    return new CheckpointInput(name, weight, tensors, statistics, newFisher);
  }
}
