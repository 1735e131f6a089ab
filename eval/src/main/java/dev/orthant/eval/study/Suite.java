package dev.orthant.eval.study;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.AtomicFolder;
import dev.orthant.core.config.AdapterSpec;
import dev.orthant.core.config.Control;
import dev.orthant.core.config.MergerSpec;
import dev.orthant.core.config.RunConfig;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.core.kernel.Precision;
import dev.orthant.core.merge.ConfiguredMerge;
import dev.orthant.core.nn.ModelSizes;
import dev.orthant.core.progress.Progress;
import dev.orthant.core.spi.MergerTraits.Need;
import dev.orthant.core.train.TrainingConfig;
import dev.orthant.eval.metrics.Score;
import dev.orthant.eval.results.SuiteResults;
import dev.orthant.eval.results.SuiteResults.ControlRun;
import dev.orthant.eval.results.SuiteResults.ExpertRun;
import dev.orthant.eval.results.SuiteResults.MergeRun;
import dev.orthant.eval.study.StepGraph.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Trains, merges and scores every adapter of a configuration with every seed, step by step. What a
 * step found lies under a name made from all that it depends on, so an interrupted suite goes on
 * where it was, and one that was extended computes only what is new. The rows of the tasks are the
 * same for all seeds.
 *
 * <p>Seeds come one after the other, and within a seed the adapters in their order, so that what is
 * finished first can be reported first.
 */
public final class Suite {

  private static final int TRAINING_COST = 3; // of a row, relative to scoring it
  private static final int BUFFERS = 12; // [tokens, hidden] of a layer that a pass keeps

  private final Study study;
  private final StepTimes times;
  private final Resources resources;
  private final ScoreStore store;
  private final Map<Long, Study> members = new LinkedHashMap<>();

  /**
   * What a suite may use.
   *
   * @param threads steps at a time
   * @param bytes memory of all steps under way, beside that of the base model
   */
  public record Resources(int threads, long bytes) {

    /** Refuses less than one thread and one byte. */
    public Resources {
      if (threads < 1 || bytes < 1) {
        throw new IllegalArgumentException(
            "a suite needs at least one thread and some memory, was given %d and %d bytes"
                .formatted(threads, bytes));
      }
    }
  }

  /** A suite over the adapters, mergers and seeds of a study's configuration. */
  public Suite(Study study, StepTimes times, Resources resources) {
    this.study = study;
    this.times = times;
    this.resources = resources;
    this.store = new ScoreStore(study.layout().root().resolve("scores"));
    for (long seed : study.run().suiteSeeds()) {
      members.put(seed, study.member(seed, Progress.none()));
    }
  }

  /** Computes what is missing and gives everything. */
  public SuiteResults run() {
    Study first = study.member(study.run().seed(), study.progress());
    List<TaskStatistics> statistics = new StatisticsStep(first).run();
    BaseFeatures features = new BaseFeatures(study);
    Map<Long, SuiteCells> cells = new LinkedHashMap<>();
    Map<Long, Controls> controls = new LinkedHashMap<>();
    members.forEach(
        (seed, member) -> {
          cells.put(seed, new SuiteCells(member, statistics, features, store));
          controls.put(seed, new Controls(member, statistics, store));
        });
    StepGraph graph = new StepGraph(resources.threads(), resources.bytes(), study.interruption());
    List<Step> steps = new ArrayList<>(probes());
    cells.forEach(
        (seed, ofSeed) ->
            steps.addAll(steps(members.get(seed), ofSeed, controls.get(seed), statistics, graph)));
    long total = steps.stream().mapToLong(Step::cost).sum();
    try (Progress.Task progress = study.progress().start("bench", total, "rows")) {
      graph.run(steps, progress);
    }
    return results(cells, controls);
  }

  private List<Step> probes() {
    List<Step> steps = new ArrayList<>();
    for (StudyTask task : study.tasks()) {
      if (!store.has(probeName(task), probeIdentity(task))) {
        long rows = task.train().size() + task.validation().size() + task.test().size();
        steps.add(
            new Step(
                "probe " + task.name(),
                rows,
                scoringBytes(),
                List.of(),
                () -> times.time("probe " + task.name(), () -> probe(task))));
      }
    }
    return steps;
  }

  private List<Step> steps(
      Study member,
      SuiteCells cells,
      Controls controls,
      List<TaskStatistics> statistics,
      StepGraph graph) {
    List<Step> steps = new ArrayList<>();
    TrainingStep training = new TrainingStep(member, times, graph::failed);
    String suffix = " " + member.run().seed();
    for (AdapterSpec adapter : configuration().adapters()) {
      List<Step> trainings = new ArrayList<>();
      for (StudyTask task : study.tasks()) {
        if (!training.isDone(adapter, task)) {
          TrainingConfig config = member.training(adapter);
          long rows = (long) config.totalSteps(task.train().size()) * config.batchSize();
          trainings.add(
              new Step(
                  "train " + adapter.name() + " " + task.name() + suffix,
                  TRAINING_COST * rows,
                  trainingBytes(config),
                  List.of(),
                  () -> train(member, training, adapter, task, statistics)));
        }
      }
      steps.addAll(trainings);
      long testRows = study.tasks().stream().mapToLong(t -> t.test().size()).sum();
      long validationRows = study.tasks().stream().mapToLong(t -> t.validation().size()).sum();
      if (!cells.expertIsDone(adapter)) {
        String name = "evaluate " + adapter.name() + suffix;
        steps.add(
            new Step(
                name,
                testRows,
                scoringBytes(),
                trainings,
                () -> times.time(name, () -> cells.expert(adapter))));
      }
      for (MergerSpec merger : configuration().mergers()) {
        if (!cells.mergeIsDone(adapter, merger)) {
          int candidates = merger.candidates().size();
          long rows =
              (candidates > 1 ? candidates * validationRows : 0)
                  + (merger.curve() ? candidates : 1) * testRows;
          String name = "merge " + adapter.name() + " " + merger.name() + suffix;
          steps.add(
              new Step(
                  name,
                  rows,
                  scoringBytes(),
                  trainings,
                  () -> times.time(name, () -> cells.merge(adapter, merger))));
        }
      }
      steps.addAll(controls(member, controls, adapter, trainings, graph));
    }
    return steps;
  }

  private List<Step> controls(
      Study member, Controls controls, AdapterSpec adapter, List<Step> trainings, StepGraph graph) {
    List<Step> steps = new ArrayList<>();
    for (Control control : configuration().evaluation().controls()) {
      if (controls.adapters(control).contains(adapter) && !controls.isDone(control, adapter)) {
        boolean trains = control == Control.MULTI_TASK;
        String name = "%s %s %d".formatted(control.word(), adapter.name(), member.run().seed());
        steps.add(
            new Step(
                name,
                cost(control, member, adapter),
                trains ? trainingBytes(member.training(adapter)) : scoringBytes(),
                trains ? List.of() : trainings,
                () -> times.time(name, () -> controls.run(control, adapter, graph::failed))));
      }
    }
    return steps;
  }

  private long cost(Control control, Study member, AdapterSpec adapter) {
    long testRows = study.tasks().stream().mapToLong(t -> t.test().size()).sum();
    return switch (control) {
      case MULTI_TASK -> {
        TrainingConfig config = MultiTaskTraining.config(member, adapter);
        int rows = study.tasks().stream().mapToInt(t -> t.train().size()).sum();
        yield (long) TRAINING_COST * config.totalSteps(rows) * config.batchSize();
      }
      case RANDOM -> testRows;
      case ENSEMBLE -> testRows * study.tasks().size();
    };
  }

  private void train(
      Study member,
      TrainingStep training,
      AdapterSpec adapter,
      StudyTask task,
      List<TaskStatistics> statistics) {
    training.run(adapter, task, statistics);
    // a suite has hundreds of trainings: what a resumption would need goes, the log stays
    try (Stream<Path> files = Files.list(member.trainingFolder(task, adapter))) {
      files.filter(Files::isDirectory).forEach(AtomicFolder::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void probe(StudyTask task) {
    ObjectNode found = JsonNodeFactory.instance.objectNode();
    Score probe = new EvaluationStep(study, times).probe(task);
    found.set("scores", ScoreStore.encode(List.of(probe)));
    store.write(probeName(task), probeIdentity(task), found);
  }

  private static String probeName(StudyTask task) {
    return "probe-" + task.name();
  }

  private ObjectNode probeIdentity(StudyTask task) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("part", "probe");
    node.put("base_fingerprint", study.checkpoint().fingerprint());
    node.put("max_length", configuration().base().maxLength());
    if (configuration().base().weights() != Precision.FP32) {
      node.put("weights", configuration().base().weights().name());
    }
    node.put("linear_probe", configuration().evaluation().linearProbe());
    node.put("metric", task.metric().id());
    node.put("rows", task.digest());
    return node;
  }

  private SuiteResults results(Map<Long, SuiteCells> cells, Map<Long, Controls> controls) {
    List<SuiteResults.Task> tasks = new ArrayList<>();
    for (StudyTask task : study.tasks()) {
      Score probe =
          ScoreStore.decode(
                  store.read(probeName(task), probeIdentity(task)).path("scores"), List.of(task))
              .get(0);
      Score majority = study.trivialScore(task);
      tasks.add(
          new SuiteResults.Task(
              task.name(), task.train().size(), task.validation().size(), majority, probe));
    }
    List<ExpertRun> experts = new ArrayList<>();
    List<MergeRun> merges = new ArrayList<>();
    for (SuiteCells ofSeed : cells.values()) {
      for (AdapterSpec adapter : configuration().adapters()) {
        experts.add(ofSeed.readExpert(adapter));
        configuration().mergers().forEach(merger -> merges.add(ofSeed.readMerge(adapter, merger)));
      }
    }
    List<ControlRun> controlRuns = new ArrayList<>();
    for (Control control : configuration().evaluation().controls()) {
      for (Controls ofSeed : controls.values()) {
        ofSeed.adapters(control).forEach(a -> controlRuns.add(ofSeed.read(control, a)));
      }
    }
    return new SuiteResults(
        configuration().base().model(),
        configuration().seed(),
        List.copyOf(members.keySet()),
        tasks,
        configuration().adapters().stream().map(AdapterSpec::name).toList(),
        configuration().mergers().stream()
            .map(m -> new SuiteResults.Merger(m.name(), m.curve(), needsTask(m)))
            .toList(),
        experts,
        merges,
        configuration().evaluation().comparisons(),
        controlRuns);
  }

  private boolean needsTask(MergerSpec merger) {
    return new ConfiguredMerge(study.catalog(), study.decoder())
        .traits(merger.candidates().get(0))
        .needs()
        .contains(Need.TASK_ID);
  }

  private RunConfig configuration() {
    return study.run();
  }

  /** What a pass that keeps every layer's values needs for the longest batch. */
  private long trainingBytes(TrainingConfig config) {
    return study.encoder().sizes().layers() * layerBytes(config.batchSize());
  }

  /** A merged model's own weights, and two layers of the longest batch. */
  private long scoringBytes() {
    ModelSizes sizes = study.encoder().sizes();
    long hidden = sizes.hidden();
    long weights = sizes.layers() * hidden * (4L * hidden + 2L * sizes.intermediate());
    return Float.BYTES * weights + 2 * layerBytes(configuration().evaluation().batchSize());
  }

  private long layerBytes(int rows) {
    ModelSizes sizes = study.encoder().sizes();
    long tokens = (long) rows * configuration().base().maxLength();
    return Float.BYTES * tokens * ((long) BUFFERS * sizes.hidden() + 2L * sizes.intermediate());
  }
}
