package dev.orthant.core.merge.recipe;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.config.ConfigurationException;
import dev.orthant.core.config.Problem;
import dev.orthant.core.merge.recipe.MethodTraits.Base;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A file of mergekit's, read. A parameter is looked for at the model, at its slice, at the module,
 * then at the top, as mergekit does.
 *
 * @param sources parameters of the models, by their paths in the file
 * @param slices parameters of the slices, by their paths in the file
 * @param module parameters of the module
 * @param global parameters of the file
 * @param told what turned out to be wrong while values were looked up
 */
record MergekitRecipe(
    MethodTraits traits,
    MethodSettings<?> settings,
    List<Segment> segments,
    Map<String, Map<String, ParameterValue>> sources,
    Map<String, Map<String, ParameterValue>> slices,
    Map<String, ParameterValue> module,
    Map<String, ParameterValue> global,
    @Nullable Dtype dtype,
    TokenizerSpec tokenizer,
    long seed,
    Set<Problem> told)
    implements Recipe {

  private static final String WEIGHT = "weight";

  @Override
  public Base role() {
    return traits.base();
  }

  @Override
  public Choice choice(Segment segment, Point point) {
    Map<String, JsonNode> common = new TreeMap<>();
    for (String name : traits.global()) {
      put(common, name, lookUp(segment, null, name, point.tensor(), point.t()), segment.path());
    }
    List<Record> configs = new ArrayList<>();
    List<Double> weights = new ArrayList<>();
    for (int i = 0; i < point.sources().size(); i++) {
      Source source = point.sources().get(i);
      Map<String, JsonNode> parameters = new TreeMap<>(common);
      for (String name : traits.ofModel()) {
        put(
            parameters,
            name,
            lookUp(segment, source, name, point.tensors().get(i), point.t()),
            source.path());
      }
      JsonNode weight = parameters.remove(WEIGHT);
      weights.add(weight == null ? 1 : number(weight, source.path()));
      configs.add(config(parameters));
    }
    return new Choice(configs, weights);
  }

  private void put(
      Map<String, JsonNode> parameters, String name, Optional<JsonNode> found, String path) {
    JsonNode value = found.orElse(traits.defaults().get(name));
    if (value != null) {
      parameters.put(name, value);
    } else if (traits.required().contains(name)) {
      refuse(path, "the parameter '" + name + "' is required");
    }
  }

  private Record config(Map<String, JsonNode> parameters) {
    try {
      return settings.of(parameters);
    } catch (ConfigurationException e) {
      e.problems().forEach(problem -> refuse("parameters." + problem.path(), problem.message()));
      return settings.factory().defaults();
    }
  }

  private double number(JsonNode node, String path) {
    if (node.isNumber() && Double.isFinite(node.doubleValue())) {
      return node.doubleValue();
    }
    refuse(path + ".parameters.weight", "must be a finite number, was " + node);
    return 1;
  }

  /** Notes a problem once, however many tensors have it. */
  private void refuse(String path, String message) {
    told.add(new Problem(path, message));
  }

  private Optional<JsonNode> lookUp(
      Segment segment, @Nullable Source source, String name, String tensor, double t) {
    List<Map<String, ParameterValue>> levels = new ArrayList<>();
    if (source != null) {
      levels.add(sources.getOrDefault(source.path(), Map.of()));
    }
    levels.add(slices.getOrDefault(segment.path(), Map.of()));
    levels.add(module);
    levels.add(global);
    for (Map<String, ParameterValue> level : levels) {
      if (level.containsKey(name)) {
        Optional<JsonNode> value = requireNonNull(level.get(name)).at(tensor, t);
        if (value.isPresent()) {
          return value;
        }
      }
    }
    return Optional.empty();
  }
}
