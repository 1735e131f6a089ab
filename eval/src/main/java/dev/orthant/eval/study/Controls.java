package dev.orthant.eval.study;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.config.AdapterSpec;
import dev.orthant.core.config.Control;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.eval.metrics.Score;
import dev.orthant.eval.results.SuiteResults.ControlRun;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The controls of a suite for one seed, each kept in the store. */
final class Controls {

  private final Study study;
  private final List<TaskStatistics> statistics;
  private final ScoreStore store;

  /**
   * @param study the suite's study with this seed
   * @param statistics of every task
   */
  Controls(Study study, List<TaskStatistics> statistics, ScoreStore store) {
    this.study = study;
    this.statistics = statistics;
    this.store = store;
  }

  /** The adapters that a control is measured of: all, or the first. */
  List<AdapterSpec> adapters(Control control) {
    List<AdapterSpec> all = study.run().adapters();
    return control == Control.MULTI_TASK ? all.subList(0, 1) : all;
  }

  boolean isDone(Control control, AdapterSpec adapter) {
    return store.has(name(control, adapter), identity(control, adapter));
  }

  /**
   * Measures a control.
   *
   * @param stop whether a training under way should save what it has and end
   */
  void run(Control control, AdapterSpec adapter, BooleanSupplier stop) {
    ObjectNode identity = identity(control, adapter);
    List<Score> scores =
        switch (control) {
          case MULTI_TASK ->
              new MultiTaskTraining(study, stop)
                  .run(
                      MultiTaskTraining.unconstrained(adapter),
                      statistics,
                      study
                          .layout()
                          .root()
                          .resolve("training")
                          .resolve(Provenance.address(name(control, adapter), identity)));
          case RANDOM -> new Scores(study).test(random(adapter));
          case ENSEMBLE -> new Scores(study).ensemble(study.experts(adapter));
        };
    ObjectNode found = JsonNodeFactory.instance.objectNode();
    found.set("scores", ScoreStore.encode(scores));
    store.write(name(control, adapter), identity, found);
  }

  ControlRun read(Control control, AdapterSpec adapter) {
    return new ControlRun(
        control.word(),
        adapter.name(),
        study.run().seed(),
        ScoreStore.decode(
            store.read(name(control, adapter), identity(control, adapter)).path("scores"),
            study.tasks()));
  }

  private List<SavedAdapter> random(AdapterSpec adapter) {
    List<SavedAdapter> random = new ArrayList<>();
    for (SavedAdapter expert : study.experts(adapter)) {
      random.add(RandomDeltas.like(expert, study.run().seed()));
    }
    return random;
  }

  private String name(Control control, AdapterSpec adapter) {
    return "%s-%s-%d".formatted(control.word(), adapter.name(), study.run().seed());
  }

  private ObjectNode identity(Control control, AdapterSpec adapter) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("part", "control " + control.word());
    node.put("base_fingerprint", study.checkpoint().fingerprint());
    AdapterSpec measured =
        control == Control.MULTI_TASK ? MultiTaskTraining.unconstrained(adapter) : adapter;
    ObjectNode inputs = node.putObject("inputs");
    study.tasks().forEach(t -> inputs.set(t.name(), study.provenance(measured, t)));
    return Provenance.canonical(node);
  }
}
