package dev.orthant.eval.study;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.config.AdapterSpec;
import dev.orthant.core.config.MergerSpec;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.merge.MergeResult;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.stats.FeatureStatistics;
import dev.orthant.core.train.LearningCurve;
import dev.orthant.eval.interference.Interference;
import dev.orthant.eval.interference.PrincipalAngles;
import dev.orthant.eval.metrics.Score;
import dev.orthant.eval.results.SuiteResults.Candidate;
import dev.orthant.eval.results.SuiteResults.Course;
import dev.orthant.eval.results.SuiteResults.ExpertRun;
import dev.orthant.eval.results.SuiteResults.MergeRun;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.nd4j.linalg.factory.Nd4j;

/** The steps of a suite for one seed that follow the trainings, each kept in the store. */
final class SuiteCells {

  private static final String EXPERT = "expert";
  private static final String VALIDATION = "validation";
  private static final String TEST = "test";

  private final Study study;
  private final List<TaskStatistics> statistics;
  private final BaseFeatures features;
  private final ScoreStore store;

  /**
   * @param study the suite's study with this seed
   * @param statistics of every task
   * @param features of the untouched base, shared by all seeds
   */
  SuiteCells(
      Study study, List<TaskStatistics> statistics, BaseFeatures features, ScoreStore store) {
    this.study = study;
    this.statistics = statistics;
    this.features = features;
    this.store = store;
  }

  boolean expertIsDone(AdapterSpec adapter) {
    return store.has(name(EXPERT, adapter), identity(EXPERT, adapter));
  }

  /** Scores the trained adapters of a kind, each on its own task. */
  void expert(AdapterSpec adapter) {
    List<SavedAdapter> experts = study.experts(adapter);
    List<Score> headsOnly = new ArrayList<>();
    for (int i = 0; i < experts.size(); i++) {
      headsOnly.add(features.score(study.tasks().get(i), experts.get(i)));
    }
    List<AdapterSet> fresh =
        study.tasks().stream().map(task -> study.freshAdapters(adapter, task, statistics)).toList();
    ObjectNode found = JsonNodeFactory.instance.objectNode();
    found.set("single", ScoreStore.encode(new Scores(study).test(experts)));
    found.set("heads_only", ScoreStore.encode(headsOnly));
    found.put("parameters", parameters(fresh.get(0)));
    if (experts.size() > 1) {
      found.put("leakage_before", rowSpaces(fresh.stream().map(SuiteCells::deltas).toList()));
      found.put("leakage_after", rowSpaces(experts.stream().map(SavedAdapter::deltas).toList()));
      List<Map<String, Delta>> trained = experts.stream().map(SavedAdapter::deltas).toList();
      Interference interference = interference(trained);
      found.put("interference", interference.meanRelative());
      found.set("effects", relative(interference));
      found.set("angles", angles(trained));
    }
    store.write(name(EXPERT, adapter), identity(EXPERT, adapter), found);
  }

  ExpertRun readExpert(AdapterSpec adapter) {
    JsonNode found = store.read(name(EXPERT, adapter), identity(EXPERT, adapter));
    return new ExpertRun(
        adapter.name(),
        study.run().seed(),
        ScoreStore.decode(found.path("single"), study.tasks()),
        ScoreStore.decode(found.path("heads_only"), study.tasks()),
        found.path("leakage_before").asDouble(Double.NaN),
        found.path("leakage_after").asDouble(Double.NaN),
        found.path("interference").asDouble(Double.NaN),
        found.path("parameters").asLong(),
        study.tasks().stream().map(task -> course(adapter, task)).toList(),
        matrix(found.path("effects")),
        matrix(found.path("angles")));
  }

  private Course course(AdapterSpec adapter, StudyTask task) {
    return new Course(
        study.adapterFolder(task, adapter).getFileName().toString(),
        study.training(adapter).totalSteps(task.train().size()),
        LearningCurve.read(study.trainingFolder(task, adapter)));
  }

  boolean mergeIsDone(AdapterSpec adapter, MergerSpec merger) {
    List<MergerSpec> candidates = merger.candidates();
    if (candidates.size() > 1 && !candidates.stream().allMatch(c -> has(VALIDATION, adapter, c))) {
      return false;
    }
    if (merger.curve()) {
      return candidates.stream().allMatch(c -> has(TEST, adapter, c));
    }
    return has(TEST, adapter, candidates.get(chosen(adapter, candidates)));
  }

  /** Scores what is missing of a merger's grid, and chooses by the validation rows. */
  void merge(AdapterSpec adapter, MergerSpec merger) {
    List<SavedAdapter> experts = study.experts(adapter);
    List<MergerSpec> candidates = merger.candidates();
    for (MergerSpec candidate : candidates) {
      study.interruption().check();
      boolean validated = candidates.size() == 1 || has(VALIDATION, adapter, candidate);
      boolean tested = !merger.curve() || has(TEST, adapter, candidate);
      if (!validated || !tested) {
        MergeResult merged = merging().merged(candidate, adapter, experts);
        if (!validated) {
          validate(adapter, candidate, merged, experts);
        }
        if (!tested) {
          test(adapter, candidate, merged, experts);
        }
      }
    }
    MergerSpec best = candidates.get(chosen(adapter, candidates));
    if (!has(TEST, adapter, best)) {
      test(adapter, best, merging().merged(best, adapter, experts), experts);
    }
  }

  MergeRun readMerge(AdapterSpec adapter, MergerSpec merger) {
    List<Candidate> tried = new ArrayList<>();
    List<MergerSpec> candidates = merger.candidates();
    int chosen = chosen(adapter, candidates);
    for (int i = 0; i < candidates.size(); i++) {
      MergerSpec candidate = candidates.get(i);
      double validation =
          candidates.size() == 1
              ? Double.NaN
              : read(VALIDATION, adapter, candidate).path("mean").asDouble();
      List<Score> scores =
          i == chosen || merger.curve()
              ? ScoreStore.decode(read(TEST, adapter, candidate).path("scores"), study.tasks())
              : List.of();
      tried.add(new Candidate(settings(candidate, merger), validation, scores));
    }
    double parameters =
        read(TEST, adapter, candidates.get(chosen)).path("parameters").asDouble(Double.NaN);
    return new MergeRun(
        adapter.name(), merger.name(), study.run().seed(), tried, chosen, parameters);
  }

  private void validate(
      AdapterSpec adapter, MergerSpec candidate, MergeResult merged, List<SavedAdapter> experts) {
    ObjectNode found = JsonNodeFactory.instance.objectNode();
    List<Score> scores = new Scores(study).validation(merged, experts);
    found.put("mean", Scores.mean(scores));
    ArrayNode values = found.putArray("values");
    scores.forEach(score -> values.add(score.value()));
    store.write(name(VALIDATION, adapter), identity(VALIDATION, adapter, candidate), found);
  }

  private void test(
      AdapterSpec adapter, MergerSpec candidate, MergeResult merged, List<SavedAdapter> experts) {
    ObjectNode found = JsonNodeFactory.instance.objectNode();
    found.put("parameters", parameters(merged));
    found.set("scores", ScoreStore.encode(new Scores(study).test(merged, experts)));
    store.write(name(TEST, adapter), identity(TEST, adapter, candidate), found);
  }

  /** The candidate with the greatest mean score on validation rows, the first of equal ones. */
  private int chosen(AdapterSpec adapter, List<MergerSpec> candidates) {
    int best = 0;
    double bestMean = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < candidates.size() && candidates.size() > 1; i++) {
      double mean = read(VALIDATION, adapter, candidates.get(i)).path("mean").asDouble();
      if (mean > bestMean) {
        best = i;
        bestMean = mean;
      }
    }
    return best;
  }

  private boolean has(String part, AdapterSpec adapter, MergerSpec candidate) {
    return store.has(name(part, adapter), identity(part, adapter, candidate));
  }

  private JsonNode read(String part, AdapterSpec adapter, MergerSpec candidate) {
    return store.read(name(part, adapter), identity(part, adapter, candidate));
  }

  private String name(String part, AdapterSpec adapter) {
    return "%s-%s-%d".formatted(part, adapter.name(), study.run().seed());
  }

  private ObjectNode identity(String part, AdapterSpec adapter, MergerSpec candidate) {
    return merging()
        .identity(adapter, candidate)
        .put("part", part)
        .put("statistics_rows", study.run().evaluation().statisticsRows());
  }

  private ObjectNode identity(String part, AdapterSpec adapter) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("part", part);
    node.put("base_fingerprint", study.checkpoint().fingerprint());
    node.put("statistics_rows", study.run().evaluation().statisticsRows());
    ObjectNode inputs = node.putObject("inputs");
    study.tasks().forEach(t -> inputs.set(t.name(), study.provenance(adapter, t)));
    return Provenance.canonical(node);
  }

  private MergingStep merging() {
    return new MergingStep(study, new StepTimes());
  }

  static String settings(MergerSpec candidate, MergerSpec merger) {
    StringJoiner words = new StringJoiner(" ");
    for (String key : merger.grid().keySet()) {
      words.add(key + "=" + candidate.value(key));
    }
    return words.toString();
  }

  private static long parameters(AdapterSet adapters) {
    return adapters.parameters().stream()
        .distinct() // some are shared by several modules
        .filter(Parameter::isTrainable)
        .mapToLong(parameter -> parameter.value().length())
        .sum();
  }

  private static long parameters(MergeResult merged) {
    long count = 0;
    for (Delta delta : merged.deltas().values()) {
      long[] shape = delta.shape();
      count +=
          delta instanceof LoraDelta lora
              ? lora.rank() * (shape[0] + shape[1])
              : shape[0] * shape[1];
    }
    return count;
  }

  private static Map<String, Delta> deltas(AdapterSet adapters) {
    Map<String, Delta> deltas = new LinkedHashMap<>();
    adapters.byModule().forEach((module, adapter) -> deltas.put(module, adapter.delta()));
    return deltas;
  }

  /**
   * {@link #meanRelative} of A alone: what a delta would do whose B does nothing to lengths. NaN
   * where a delta has no A, as a dense one.
   */
  private double rowSpaces(List<Map<String, Delta>> deltas) {
    List<Map<String, Delta>> rows = new ArrayList<>();
    for (Map<String, Delta> ofTask : deltas) {
      Map<String, Delta> alone = new LinkedHashMap<>();
      for (Map.Entry<String, Delta> e : ofTask.entrySet()) {
        if (!(e.getValue() instanceof LoraDelta d)) {
          return Double.NaN;
        }
        alone.put(e.getKey(), new LoraDelta(Nd4j.eye(d.rank()), d.a(), 1));
      }
      rows.add(alone);
    }
    return meanRelative(rows);
  }

  private double meanRelative(List<Map<String, Delta>> deltas) {
    return interference(deltas).meanRelative();
  }

  private Interference interference(List<Map<String, Delta>> deltas) {
    Map<String, Map<String, Delta>> byTask = new LinkedHashMap<>();
    Map<String, Map<String, FeatureStatistics>> seen = new LinkedHashMap<>();
    for (int i = 0; i < deltas.size(); i++) {
      byTask.put(study.tasks().get(i).name(), deltas.get(i));
      seen.put(statistics.get(i).task(), statistics.get(i).modules());
    }
    return Interference.measure(byTask, seen);
  }

  private static ArrayNode relative(Interference interference) {
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    int n = interference.tasks().size();
    for (int i = 0; i < n; i++) {
      ArrayNode row = rows.addArray();
      for (int j = 0; j < n; j++) {
        number(row, interference.relative(i, j));
      }
    }
    return rows;
  }

  /** Mean principal angles, of the modules whose deltas are low-rank for both tasks. */
  private static ArrayNode angles(List<Map<String, Delta>> deltas) {
    int n = deltas.size();
    double[][] angles = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        angles[i][j] = PrincipalAngles.mean(deltas.get(i), deltas.get(j));
        angles[j][i] = angles[i][j];
      }
    }
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    for (double[] ofTask : angles) {
      ArrayNode row = rows.addArray();
      for (double angle : ofTask) {
        number(row, angle);
      }
    }
    return rows;
  }

  private static void number(ArrayNode row, double value) {
    if (Double.isFinite(value)) {
      row.add(value);
    } else {
      row.addNull();
    }
  }

  private static List<List<Double>> matrix(JsonNode rows) {
    List<List<Double>> matrix = new ArrayList<>();
    for (JsonNode row : rows) {
      List<Double> values = new ArrayList<>();
      row.forEach(value -> values.add(value.asDouble(Double.NaN)));
      matrix.add(values);
    }
    return matrix;
  }
}
