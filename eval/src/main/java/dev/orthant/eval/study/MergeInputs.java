package dev.orthant.eval.study;

import dev.orthant.core.config.AdapterSpec;
import dev.orthant.core.config.MergerSpec;
import dev.orthant.core.features.FisherInformation;
import dev.orthant.core.features.FisherInformation.Kind;
import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.core.merge.AdapterInput;
import dev.orthant.core.merge.ConfiguredMerge;
import dev.orthant.core.spi.MergerTraits.Need;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The tasks' adapters with what a merger needs of each; it is collected if it is missing. */
final class MergeInputs {

  private final Study study;
  private final boolean statistics;
  private final Set<Need> needs;

  /** For a merger with its transforms. */
  MergeInputs(Study study, ConfiguredMerge configured, MergerSpec spec) {
    this.study = study;
    this.statistics = configured.needsStatistics(spec);
    this.needs = configured.traits(spec).needs();
  }

  /** In the order of the tasks. */
  List<AdapterInput> of(AdapterSpec adapter, List<SavedAdapter> experts) {
    List<AdapterInput> inputs = new ArrayList<>();
    for (int i = 0; i < experts.size(); i++) {
      StudyTask task = study.tasks().get(i);
      SavedAdapter expert = experts.get(i);
      AdapterInput input = AdapterInput.of(expert.description().task(), expert.deltas());
      if (statistics) {
        input = input.withStatistics(new ExpertStatistics(study).of(task, adapter, expert));
      }
      for (Kind kind : Kind.values()) {
        if (needs.contains(kind == Kind.EXACT ? Need.FISHER : Need.FISHER_BATCH_SUM)) {
          input = input.withFisher(held(new ExpertFisher(study).of(task, adapter, expert, kind)));
        }
      }
      inputs.add(input);
    }
    return inputs;
  }

  private static Map<String, Supplier<INDArray>> held(FisherInformation information) {
    Map<String, Supplier<INDArray>> held = new LinkedHashMap<>();
    information.modules().forEach((module, values) -> held.put(module, () -> values));
    return held;
  }
}
