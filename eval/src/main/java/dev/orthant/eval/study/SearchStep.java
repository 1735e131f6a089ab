package dev.orthant.eval.study;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.config.AdapterSpec;
import dev.orthant.core.config.ConfigurationException;
import dev.orthant.core.config.MergerSpec;
import dev.orthant.core.config.Problem;
import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.core.merge.AdapterInput;
import dev.orthant.core.merge.ConfiguredMerge;
import dev.orthant.core.merge.MergeResult;
import dev.orthant.core.progress.Progress;
import dev.orthant.eval.metrics.Score;
import dev.orthant.eval.search.Dimension;
import dev.orthant.eval.search.Search;
import dev.orthant.eval.search.SearchSpace;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Searches the settings of a merger, its space and the weights of the tasks for those with the best
 * scores on the tasks' validation rows. What a trial scored is kept under all that it depends on,
 * so an interrupted search goes on where it was, and a longer one repeats nothing.
 */
public final class SearchStep {

  /** What begins the keys of tasks' weights: {@code weight.TASK}. */
  public static final String WEIGHT = "weight.";

  private final Study study;
  private final AdapterSpec adapter;
  private final MergerSpec merger;
  private final SearchSpace space;
  private final Objective objective;
  private final ScoreStore store;

  /** What is to be great. */
  public enum Objective {
    /** The mean of the tasks' scores. */
    MEAN,
    /** The least of the tasks' scores, each as a share of its own adapter's. */
    WORST
  }

  /**
   * What was found.
   *
   * @param trials in order
   * @param best of them
   * @param merger the merger with the best settings
   * @param weights of the tasks with them
   */
  public record Found(
      List<Search.Trial> trials, Search.Trial best, MergerSpec merger, List<Double> weights) {}

  /**
   * A search over a study whose adapters are trained.
   *
   * @param merger without a grid
   * @throws ConfigurationException if the merger does not take a value of the space
   */
  public SearchStep(
      Study study, AdapterSpec adapter, MergerSpec merger, SearchSpace space, Objective objective) {
    this.study = study;
    this.adapter = adapter;
    this.merger = merger;
    this.space = space;
    this.objective = objective;
    this.store = new ScoreStore(study.layout().root().resolve("scores"));
    check();
  }

  private void check() {
    List<Problem> problems = new ArrayList<>();
    Set<String> weights = new LinkedHashSet<>();
    study.tasks().forEach(task -> weights.add(WEIGHT + task.name()));
    for (Dimension dimension : space.dimensions()) {
      String key = dimension.key();
      if (key.startsWith(WEIGHT)) {
        if (!weights.contains(key)) {
          problems.add(new Problem(key, "is of no task; there are " + String.join(", ", weights)));
        }
        continue;
      }
      for (JsonNode value : dimension.grid(2)) {
        problems.addAll(problemsOf(key, value));
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException("search", problems.stream().distinct().toList());
    }
  }

  private List<Problem> problemsOf(String key, JsonNode value) {
    try {
      MergerSpec with = merger.with(key, value);
      var traits = new ConfiguredMerge(study.catalog(), study.decoder()).traits(with);
      return traits.spaces().contains(with.space())
          ? List.of()
          : List.of(
              new Problem(key, "'%s' has no space '%s'".formatted(with.type(), value.asText())));
    } catch (ConfigurationException e) {
      return e.problems();
    } catch (IllegalArgumentException e) {
      return List.of(new Problem(key, String.valueOf(e.getMessage())));
    }
  }

  /** Goes through the trials of a search that has not begun. */
  public Found run(Search search) {
    List<SavedAdapter> experts = study.experts(adapter);
    try (Progress.Task progress = study.progress().start("search", search.trials(), "trials")) {
      List<Score> singles =
          objective == Objective.WORST ? new Scores(study).validation(experts) : List.of();
      for (Optional<Map<String, JsonNode>> next = search.next();
          next.isPresent();
          next = search.next()) {
        study.interruption().check();
        Map<String, JsonNode> settings = next.get();
        search.tell(settings, value(scores(settings, experts), singles));
        progress.message("best so far %.2f".formatted(100 * search.best().value()));
        progress.step(1);
      }
    }
    Map<String, JsonNode> best = search.best().settings();
    return new Found(search.done(), search.best(), candidate(best), weights(best));
  }

  private double value(List<Double> scores, List<Score> singles) {
    if (objective == Objective.MEAN) {
      return scores.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < scores.size(); i++) {
      least = Math.min(least, scores.get(i) / singles.get(i).value());
    }
    return least;
  }

  private MergerSpec candidate(Map<String, JsonNode> settings) {
    MergerSpec candidate = merger;
    for (Map.Entry<String, JsonNode> entry : settings.entrySet()) {
      if (!entry.getKey().startsWith(WEIGHT)) {
        candidate = candidate.with(entry.getKey(), entry.getValue());
      }
    }
    return candidate;
  }

  /** In the order of the tasks. */
  private List<Double> weights(Map<String, JsonNode> settings) {
    List<Double> weights = new ArrayList<>();
    for (StudyTask task : study.tasks()) {
      JsonNode weight = settings.get(WEIGHT + task.name());
      weights.add(weight == null ? 1 : weight.asDouble());
    }
    return weights;
  }

  /** The tasks' scores on validation rows, of a trial that may have been made before. */
  private List<Double> scores(Map<String, JsonNode> settings, List<SavedAdapter> experts) {
    MergerSpec candidate = candidate(settings);
    List<Double> weights = weights(settings);
    String name = "search-%s-%d".formatted(adapter.name(), study.run().seed());
    ObjectNode identity = identity(candidate, weights);
    if (!store.has(name, identity)) {
      ObjectNode found = JsonNodeFactory.instance.objectNode();
      ArrayNode values = found.putArray("values");
      new Scores(study)
          .validation(merged(candidate, weights, experts), experts)
          .forEach(score -> values.add(score.value()));
      store.write(name, identity, found);
    }
    List<Double> scores = new ArrayList<>();
    store.read(name, identity).path("values").forEach(value -> scores.add(value.asDouble()));
    return scores;
  }

  private MergeResult merged(
      MergerSpec candidate, List<Double> weights, List<SavedAdapter> experts) {
    ConfiguredMerge configured = new ConfiguredMerge(study.catalog(), study.decoder());
    List<AdapterInput> inputs = new ArrayList<>();
    for (AdapterInput input : new MergeInputs(study, configured, candidate).of(adapter, experts)) {
      inputs.add(input.withWeight(weights.get(inputs.size())));
    }
    return merging().merged(candidate, inputs, experts);
  }

  private ObjectNode identity(MergerSpec candidate, List<Double> weights) {
    ObjectNode identity =
        merging()
            .identity(adapter, candidate)
            .put("part", "search")
            .put("statistics_rows", study.run().evaluation().statisticsRows());
    weights.forEach(identity.putArray("weights")::add);
    return identity;
  }

  private MergingStep merging() {
    return new MergingStep(study, new StepTimes());
  }
}
