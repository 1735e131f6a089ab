package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.Merger;
import dev.orthant.core.spi.TrialModel;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** RegMean layer by layer, on features that the merged layers below make. */
final class RegMeanPlusplusMerger implements Merger {

  private final RegMeanMerger rule;
  private Map<String, Delta> merged = Map.of();

  RegMeanPlusplusMerger(RegMeanConfig config) {
    this.rule = new RegMeanMerger(config);
  }

  @Override
  public void fit(TrialModel model, List<MergeTensor> tensors) {
    Map<String, MergeTensor> byName = new LinkedHashMap<>();
    tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
    Map<String, Delta> below = new LinkedHashMap<>();
    for (List<String> layer : model.layers()) {
      List<MergeTensor> here = layer.stream().filter(byName::containsKey).map(byName::get).toList();
      if (!here.isEmpty()) {
        below.putAll(mergedLayer(model, below, here));
      }
    }
    merged = below;
  }

  @Override
  public Delta merge(MergeTensor tensor) {
    Delta fitted = merged.get(tensor.name());
    return fitted == null ? rule.merge(tensor, List.of()) : fitted;
  }

  /** Each expert's own layer sees what the merged layers below make of its task's examples. */
  private Map<String, Delta> mergedLayer(
      TrialModel model, Map<String, Delta> below, List<MergeTensor> layer) {
    List<String> names = layer.stream().map(MergeTensor::name).toList();
    List<Map<String, FeatureStatistics>> features = new ArrayList<>();
    for (int i = 0; i < layer.get(0).inputs(); i++) {
      Map<String, Delta> deltas = new LinkedHashMap<>(below);
      for (MergeTensor tensor : layer) {
        deltas.put(tensor.name(), tensor.delta(i));
      }
      features.add(model.features(i, deltas, names));
    }
    Map<String, Delta> mergedLayer = new LinkedHashMap<>();
    for (MergeTensor tensor : layer) {
      List<FeatureStatistics> here = new ArrayList<>();
      features.forEach(of -> here.add(of.get(tensor.name())));
      mergedLayer.put(tensor.name(), rule.merge(tensor, here));
    }
    return mergedLayer;
  }
}
