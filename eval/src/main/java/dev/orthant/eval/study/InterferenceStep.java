package dev.orthant.eval.study;

import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.config.AdapterSpec;
import dev.orthant.core.config.MergerSpec;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.spi.Site;
import dev.orthant.core.stats.FeatureStatistics;
import dev.orthant.eval.interference.InterferenceFigures;
import dev.orthant.eval.interference.MergeDisturbance;
import dev.orthant.eval.interference.ModuleInterference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Measures what the tasks' adapters do to each other's features, before and after training and
 * merged, from the statistics of the base model's features alone.
 */
public final class InterferenceStep {

  private final Study study;
  private final Map<String, Map<String, FeatureStatistics>> features = new LinkedHashMap<>();
  private final List<TaskStatistics> statistics;

  /**
   * A step of a study that is trained and merged.
   *
   * @param statistics of every task
   */
  public InterferenceStep(Study study, List<TaskStatistics> statistics) {
    this.study = study;
    this.statistics = statistics;
    statistics.forEach(task -> features.put(task.task(), task.modules()));
  }

  /** The figures of every kind of adapter. */
  public List<InterferenceFigures> run() {
    return study.run().adapters().stream().map(this::figures).toList();
  }

  private InterferenceFigures figures(AdapterSpec adapter) {
    Map<String, Map<String, Delta>> before = new LinkedHashMap<>();
    Map<String, Map<String, Delta>> after = new LinkedHashMap<>();
    for (StudyTask task : study.tasks()) {
      SavedAdapter expert = study.expert(task, adapter);
      after.put(task.name(), expert.deltas());
      Map<String, Delta> fresh = new LinkedHashMap<>();
      study
          .freshAdapters(adapter, task, statistics)
          .byModule()
          .forEach((module, each) -> fresh.put(module, each.delta()));
      before.put(task.name(), fresh);
    }
    List<ModuleInterference> modules = new ArrayList<>();
    Map<String, INDArray> weights = new LinkedHashMap<>();
    for (String module : after.values().iterator().next().keySet()) {
      weights.put(module, study.encoder().baseWeights(module));
      modules.add(
          ModuleInterference.measure(
              module,
              weights.get(module),
              at(module, before),
              at(module, after),
              at(module, features)));
    }
    List<MergeDisturbance> merges = new ArrayList<>();
    for (MergerSpec merger : study.run().mergers()) {
      merges.add(
          MergeDisturbance.measure(
              merger.name(), weights, merged(adapter, merger), after, features));
    }
    return new InterferenceFigures(adapter.name(), List.copyOf(after.keySet()), modules, merges);
  }

  private Map<String, LoraDelta> merged(AdapterSpec adapter, MergerSpec merger) {
    Path folder = study.layout().merged(merger.name(), adapter.name());
    return PeftAdapterFolder.read(folder)
        .deltas(study.encoder().sites().stream().map(Site::module).toList());
  }

  private static <V> Map<String, V> at(
      String module, Map<String, ? extends Map<String, ? extends V>> byTask) {
    Map<String, V> at = new LinkedHashMap<>();
    byTask.forEach((task, modules) -> at.put(task, modules.get(module)));
    return at;
  }
}
