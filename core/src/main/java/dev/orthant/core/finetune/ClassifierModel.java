package dev.orthant.core.finetune;

import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.nn.SequenceClassifier;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.text.Batch;
import dev.orthant.core.train.NamedParameter;
import dev.orthant.core.train.TrainableModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A classifier with adapters, as the training loop sees it. */
public final class ClassifierModel implements TrainableModel {

  private final SequenceClassifier classifier;
  private final Pass pass;
  private final LayeredAdapters adapters;

  /**
   * @param pass of these adapters; used by one thread at a time
   */
  public ClassifierModel(SequenceClassifier classifier, AdapterSet adapters, Pass pass) {
    this.classifier = classifier;
    this.pass = pass;
    this.adapters = new LayeredAdapters(classifier.encoder().sites(), adapters);
  }

  @Override
  public List<NamedParameter> parameters() {
    List<NamedParameter> all = new ArrayList<>(adapters.parameters());
    classifier.head().parameters().forEach(p -> all.add(new NamedParameter("head." + p.name(), p)));
    return List.copyOf(all);
  }

  /** Of the layers that have adapters, each takes part with all of its adapters or rests. */
  @Override
  public Set<Parameter> activate(double probability, long seed) {
    return adapters.isEmpty()
        ? TrainableModel.super.activate(probability, seed)
        : adapters.activate(pass, probability, seed);
  }

  @Override
  public double lossAndGradients(Batch batch, float[] labels, float scale, long seed) {
    pass.training(true, seed);
    return classifier.lossAndGradients(pass, batch, labels, scale);
  }
}
