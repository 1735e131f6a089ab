package dev.orthant.eval.study;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.config.AdapterSpec;
import dev.orthant.core.config.MergerSpec;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.core.finetune.AdapterFolder;
import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.core.merge.AdapterInput;
import dev.orthant.core.merge.ConfiguredMerge;
import dev.orthant.core.merge.MergeResult;
import dev.orthant.core.spi.MergerTraits.Need;
import dev.orthant.core.train.LearningCurve;
import dev.orthant.core.train.LearningCurve.Point;
import dev.orthant.eval.interference.MergeDisturbance;
import dev.orthant.eval.results.Forecast;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Forecasts what merges will keep, from the adapters as they were at their first evaluation and
 * from the statistics of the base model's features; see {@link Forecast}. Mergers that need each
 * expert's own features get the base model's instead. Those that need gradients or unlabelled rows,
 * and adapters that were trained when early ones were not kept, have no forecast.
 */
public final class ForecastStep {

  private static final Set<Need> TOO_MUCH =
      EnumSet.of(Need.FISHER, Need.FISHER_BATCH_SUM, Need.UNLABELLED_DATA);

  private final Study study;
  private final List<TaskStatistics> statistics;
  private final BaseFeatures features;
  private final ScoreStore store;

  /**
   * A step of a study that is trained.
   *
   * @param statistics of every task, in their order
   */
  public ForecastStep(Study study, List<TaskStatistics> statistics) {
    this(study, statistics, new BaseFeatures(study));
  }

  private ForecastStep(Study study, List<TaskStatistics> statistics, BaseFeatures features) {
    this.study = study;
    this.statistics = statistics;
    this.features = features;
    this.store = new ScoreStore(study.layout().root().resolve("scores"));
  }

  /** The same for another seed of the study. */
  public ForecastStep member(Study other) {
    return new ForecastStep(other, statistics, features);
  }

  /** Of every adapter and merger; none for a single task. */
  public List<Forecast> run() {
    List<Forecast> forecasts = new ArrayList<>();
    for (AdapterSpec adapter : study.run().adapters()) {
      List<Early> early = early(adapter);
      if (early.size() < 2) {
        continue;
      }
      for (MergerSpec merger : study.run().mergers()) {
        study.interruption().check();
        (study.isMember() ? kept(adapter, merger, early) : forecast(adapter, merger, early))
            .ifPresent(forecasts::add);
      }
    }
    return forecasts;
  }

  /**
   * An adapter at its first evaluation.
   *
   * @param score its validation score
   * @param headOnly that of its head on the untouched base
   */
  private record Early(SavedAdapter adapter, double score, double headOnly) {}

  /** Of all tasks, or none if one is not known. */
  private List<Early> early(AdapterSpec adapter) {
    List<Early> all = new ArrayList<>();
    for (StudyTask task : study.tasks()) {
      List<Point> scores = LearningCurve.read(study.trainingFolder(task, adapter)).scores();
      if (scores.isEmpty() || !AdapterFolder.isAt(study.earlyFolder(task, adapter))) {
        return List.of();
      }
      study.requireSame(study.earlyFolder(task, adapter), adapter, task);
      SavedAdapter early = AdapterFolder.read(study.earlyFolder(task, adapter), study.encoder());
      all.add(new Early(early, scores.get(0).value(), features.validation(task, early).value()));
    }
    return all;
  }

  /** A suite's forecast, as any of its steps made once. */
  private Optional<Forecast> kept(AdapterSpec adapter, MergerSpec merger, List<Early> early) {
    String name = "forecast-%s-%d".formatted(adapter.name(), study.run().seed());
    ObjectNode identity =
        new MergingStep(study, new StepTimes())
            .identity(adapter, merger)
            .put("part", "forecast")
            .put("statistics_rows", study.run().evaluation().statisticsRows());
    if (!store.has(name, identity)) {
      Optional<Forecast> made = forecast(adapter, merger, early);
      made.ifPresent(forecast -> store.write(name, identity, encode(forecast)));
      return made;
    }
    JsonNode found = store.read(name, identity);
    return Optional.of(
        new Forecast(
            adapter.name(),
            merger.name(),
            study.run().seed(),
            found.path("settings").asText(),
            numbers(found.path("disturbances")),
            numbers(found.path("retentions"))));
  }

  private static ObjectNode encode(Forecast forecast) {
    ObjectNode found = JsonNodeFactory.instance.objectNode();
    found.put("settings", forecast.settings());
    ArrayNode disturbances = found.putArray("disturbances");
    forecast.disturbances().forEach(disturbances::add);
    ArrayNode retentions = found.putArray("retentions");
    forecast.retentions().forEach(retentions::add);
    return found;
  }

  /** NaN is written as a text. */
  private static List<Double> numbers(JsonNode list) {
    List<Double> numbers = new ArrayList<>();
    list.forEach(number -> numbers.add(number.asDouble(Double.NaN)));
    return numbers;
  }

  private Optional<Forecast> forecast(AdapterSpec adapter, MergerSpec merger, List<Early> early) {
    ConfiguredMerge configured = new ConfiguredMerge(study.catalog(), study.decoder());
    Forecast best = null;
    for (MergerSpec candidate : merger.candidates()) {
      if (!Collections.disjoint(configured.traits(candidate).needs(), TOO_MUCH)) {
        return Optional.empty();
      }
      Forecast forecast =
          forecast(adapter, merger, candidate, early, configured.needsStatistics(candidate));
      if (best == null || forecast.meanRetention() > best.meanRetention()) {
        best = forecast;
      }
    }
    return Optional.ofNullable(best);
  }

  private Forecast forecast(
      AdapterSpec adapter,
      MergerSpec merger,
      MergerSpec candidate,
      List<Early> early,
      boolean needsStatistics) {
    List<AdapterInput> inputs = new ArrayList<>();
    for (int i = 0; i < early.size(); i++) {
      AdapterInput input =
          AdapterInput.of(study.tasks().get(i).name(), early.get(i).adapter().deltas());
      inputs.add(needsStatistics ? input.withStatistics(statistics.get(i).modules()) : input);
    }
    MergeResult merged =
        new MergingStep(study, new StepTimes())
            .merged(candidate, inputs, early.stream().map(Early::adapter).toList());
    List<Double> disturbances = new ArrayList<>();
    List<Double> retentions = new ArrayList<>();
    for (int i = 0; i < early.size(); i++) {
      Early one = early.get(i);
      double disturbance =
          MergeDisturbance.disturbance(
              merged.deltasOf(i), one.adapter().deltas(), statistics.get(i).modules());
      disturbances.add(disturbance);
      retentions.add(Forecast.retention(one.headOnly(), one.score(), disturbance));
    }
    return new Forecast(
        adapter.name(),
        merger.name(),
        study.run().seed(),
        SuiteCells.settings(candidate, merger),
        disturbances,
        retentions);
  }
}
