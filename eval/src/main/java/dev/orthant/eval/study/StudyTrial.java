package dev.orthant.eval.study;

import dev.orthant.core.features.CrossProducts;
import dev.orthant.core.features.StatisticsSource;
import dev.orthant.core.features.StatisticsSource.Unit;
import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.Head;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.spi.Site;
import dev.orthant.core.spi.TrialModel;
import dev.orthant.core.stats.FeatureStatistics;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.BatchOrder;
import dev.orthant.core.text.TrainingRows;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A study's base model with its tasks, to try deltas with. Features are those of the rows that
 * statistics are taken from, predictions those on validation rows with the heads of the experts; no
 * label is looked at. Inputs are the study's tasks, in order.
 */
final class StudyTrial implements TrialModel {

  private static final String WEIGHT = ".weight";
  private static final String SOURCE = "trial"; // of statistics that nobody else sees

  private final Study study;
  private final List<SavedAdapter> experts;

  StudyTrial(Study study, List<SavedAdapter> experts) {
    this.study = study;
    this.experts = experts;
  }

  @Override
  public List<List<String>> layers() {
    Map<Integer, List<String>> byLayer = new TreeMap<>();
    for (Site site : study.encoder().sites()) {
      byLayer.computeIfAbsent(site.layer(), layer -> new ArrayList<>()).add(site.module() + WEIGHT);
    }
    return List.copyOf(byLayer.values());
  }

  @Override
  public Map<String, FeatureStatistics> features(
      int input, Map<String, ? extends Delta> deltas, Collection<String> tensors) {
    StatisticsSource source = new StatisticsSource(SOURCE, SOURCE, Unit.TOKENS);
    Map<String, FeatureStatistics> byTensor = new LinkedHashMap<>();
    try (Transformer model = study.encoder().plus(byModule(deltas))) {
      study
          .features()
          .collect(task(input).name(), source, modules(tensors), model, rows(input))
          .modules()
          .forEach((module, features) -> byTensor.put(module + WEIGHT, features));
    }
    return byTensor;
  }

  @Override
  public Map<String, double[]> crossProducts(
      int input,
      Map<String, ? extends Delta> one,
      Map<String, ? extends Delta> other,
      Collection<String> tensors) {
    Kernels kernels = study.kernels();
    CrossProducts products = new CrossProducts(modules(tensors), kernels);
    int batchSize = study.run().evaluation().batchSize();
    try (Transformer first = study.encoder().plus(byModule(one));
        Transformer second = study.encoder().plus(byModule(other));
        Pass passOne = new Pass(kernels, AdapterSet.none());
        Pass passOther = new Pass(kernels, AdapterSet.none())) {
      passOne.listener(products.first());
      passOther.listener(products.second());
      for (int[] indices : BatchOrder.evaluation(rows(input), batchSize)) {
        study.interruption().check();
        Batch batch = rows(input).batch(indices);
        first.forward(passOne, batch);
        second.forward(passOther, batch);
      }
    }
    Map<String, double[]> byTensor = new LinkedHashMap<>();
    products.sums().forEach((module, sum) -> byTensor.put(module + WEIGHT, sum));
    return byTensor;
  }

  @Override
  public Entropy entropy(Map<String, ? extends List<? extends Delta>> deltas, int batchSize) {
    List<TaskEntropy> tasks = new ArrayList<>();
    for (int i = 0; i < experts.size(); i++) {
      Head head = study.head(experts.get(i));
      if (head.outputs() == 1) {
        throw new IllegalArgumentException(
            "task '%s' has no classes, whose probabilities have an entropy to minimise"
                .formatted(task(i).name()));
      }
      tasks.add(
          new TaskEntropy(
              study.kernels().onCallingThread(),
              study.encoder(),
              head,
              byModule(deltas),
              new BatchSequence(task(i).validation(), batchSize, study.run().seed())));
    }
    return new StudyEntropy(tasks, study.kernels().threads(), study.interruption());
  }

  private StudyTask task(int input) {
    return study.tasks().get(input);
  }

  private TrainingRows rows(int input) {
    return StatisticsStep.sample(study, task(input).train());
  }

  private static <T> Map<String, T> byModule(Map<String, T> byTensor) {
    Map<String, T> byModule = new LinkedHashMap<>();
    byTensor.forEach((tensor, value) -> byModule.put(module(tensor), value));
    return byModule;
  }

  private static List<String> modules(Collection<String> tensors) {
    return tensors.stream().map(StudyTrial::module).toList();
  }

  private static String module(String tensor) {
    return tensor.substring(0, tensor.length() - WEIGHT.length());
  }
}
