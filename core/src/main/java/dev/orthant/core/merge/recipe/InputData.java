package dev.orthant.core.merge.recipe;

import dev.orthant.core.stats.FeatureStatistics;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What rules may need of an input beside its weights.
 *
 * @param statistics of its features, by module
 * @param fisher the diagonal Fisher information of its weights, by tensor, read when asked for
 * @param files that they are read from
 */
public record InputData(
    Map<String, FeatureStatistics> statistics,
    Map<String, Supplier<INDArray>> fisher,
    List<Path> files) {

  static final InputData NONE = new InputData(Map.of(), Map.of(), List.of());

  private static final String WEIGHT = ".weight";

  /** Copies the maps. */
  public InputData {
    statistics = Map.copyOf(statistics);
    fisher = Map.copyOf(fisher);
    files = List.copyOf(files);
  }

  Optional<FeatureStatistics> statisticsOf(String tensor) {
    String module =
        tensor.endsWith(WEIGHT) ? tensor.substring(0, tensor.length() - WEIGHT.length()) : tensor;
    return Optional.ofNullable(statistics.get(module));
  }

  Optional<Supplier<INDArray>> fisherOf(String tensor) {
    return Optional.ofNullable(fisher.get(tensor));
  }
}
