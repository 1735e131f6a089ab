package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.Merger;
import dev.orthant.core.spi.TrialModel;
import dev.orthant.merge.AdaMergingConfig.Granularity;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A sum of task vectors whose coefficients make the merged model's predictions surest. */
final class AdaMergingMerger implements Merger {

  private final AdaMergingConfig config;
  private final TaskVectors vectors;
  private Map<String, double[]> coefficients = Map.of(); // [inputs] by tensor, as they are used
  private double[] shared = new double[0]; // [inputs], of tensors that were not tried

  AdaMergingMerger(AdaMergingConfig config, TaskVectors vectors) {
    this.config = config;
    this.vectors = vectors;
  }

  @Override
  public void survey(MergeTensor tensor) {
    vectors.survey(tensor);
  }

  @Override
  public boolean surveysAgain() {
    return vectors.surveysAgain();
  }

  @Override
  public void fit(TrialModel model, List<MergeTensor> tensors) {
    Set<String> tried = new HashSet<>();
    model.layers().forEach(tried::addAll);
    Map<String, List<Delta>> deltas = new LinkedHashMap<>();
    for (MergeTensor tensor : tensors) {
      if (tried.contains(tensor.name())) {
        deltas.put(tensor.name(), List.of(vectors.of(tensor)));
      }
    }
    double[] initial =
        Arrays.stream(LinearRule.weights(tensors.get(0))).map(w -> config.initial() * w).toArray();
    boolean each = config.granularity() == Granularity.TENSOR;
    double[] raw = new double[initial.length * (each ? deltas.size() : 1)];
    Arrays.setAll(raw, k -> initial[k % initial.length]);
    List<String> names = List.copyOf(deltas.keySet());
    Adam adam = new Adam(config.learningRate(), raw.length);
    try (TrialModel.Entropy entropy = model.entropy(deltas, config.batchSize())) {
      for (int step = 0; step < config.steps(); step++) {
        Map<String, double[]> slope =
            entropy.at(spread(used(raw), names, initial.length), step).gradient();
        adam.stepInPlace(raw, gathered(slope, names, raw));
      }
    }
    coefficients = spread(used(raw), names, initial.length);
    shared = each ? used(initial) : used(raw);
  }

  @Override
  public Delta merge(MergeTensor tensor) {
    if (shared.length == 0) {
      throw new IllegalStateException("tensors are merged before the rule was fitted to a model");
    }
    return LinearRule.sum(vectors.of(tensor), coefficients.getOrDefault(tensor.name(), shared));
  }

  /** What the deltas are multiplied by. */
  private double[] used(double[] raw) {
    return config.clamp()
        ? Arrays.stream(raw).map(c -> Math.max(0, Math.min(1, c))).toArray()
        : raw.clone();
  }

  /** Coefficients by tensor; the same for all tensors if there is one an input. */
  private static Map<String, double[]> spread(double[] all, List<String> names, int inputs) {
    Map<String, double[]> byTensor = new LinkedHashMap<>();
    for (int t = 0; t < names.size(); t++) {
      int from = all.length > inputs ? t * inputs : 0;
      byTensor.put(names.get(t), Arrays.copyOfRange(all, from, from + inputs));
    }
    return byTensor;
  }

  /** The derivatives by the coefficients as they are trained; none where they are cut off. */
  private double[] gathered(Map<String, double[]> slope, List<String> names, double[] raw) {
    double[] gradient = new double[raw.length];
    int at = 0;
    for (String name : names) {
      for (double derivative : slope.getOrDefault(name, new double[0])) {
        gradient[at % raw.length] += derivative;
        at++;
      }
    }
    for (int k = 0; config.clamp() && k < raw.length; k++) {
      gradient[k] = raw[k] < 0 || raw[k] > 1 ? 0 : gradient[k];
    }
    return gradient;
  }
}
