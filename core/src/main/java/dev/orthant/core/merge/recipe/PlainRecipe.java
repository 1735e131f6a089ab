package dev.orthant.core.merge.recipe;

import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.merge.recipe.MethodTraits.Base;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A recipe in which all tensors are merged alike.
 *
 * @param configs the merger's configuration for each input, by its name
 * @param weights of the inputs, by name
 * @param data of the inputs, by name
 */
record PlainRecipe(
    Segment segment,
    Map<String, ? extends Record> configs,
    Map<String, Double> weights,
    Map<String, InputData> data,
    @Nullable Dtype dtype,
    TokenizerSpec tokenizer,
    long seed)
    implements Recipe {

  @Override
  public Base role() {
    return Base.OPTIONAL;
  }

  @Override
  public List<Segment> segments() {
    return List.of(segment);
  }

  @Override
  public Choice choice(Segment own, Point point) {
    List<Record> perInput = new ArrayList<>();
    List<Double> perInputWeights = new ArrayList<>();
    for (Source source : point.sources()) {
      perInput.add(configs.get(source.name()));
      perInputWeights.add(weights.getOrDefault(source.name(), 1.0));
    }
    return new Choice(perInput, perInputWeights);
  }

  @Override
  public Optional<FeatureStatistics> statistics(Source source, String tensor) {
    return data.getOrDefault(source.name(), InputData.NONE).statisticsOf(tensor);
  }

  @Override
  public Optional<Supplier<INDArray>> fisher(Source source, String tensor) {
    return data.getOrDefault(source.name(), InputData.NONE).fisherOf(tensor);
  }
}
