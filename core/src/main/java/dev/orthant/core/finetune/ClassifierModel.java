package dev.orthant.core.finetune;

import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.nn.SequenceClassifier;
import dev.orthant.core.text.Batch;
import dev.orthant.core.train.NamedParameter;
import dev.orthant.core.train.TrainableModel;
import java.util.ArrayList;
import java.util.List;

/** A classifier with adapters, as the training loop sees it. */
public final class ClassifierModel implements TrainableModel {

  private final SequenceClassifier classifier;
  private final Pass pass;
  private final List<NamedParameter> parameters;

  /**
   * @param pass of these adapters; used by one thread at a time
   */
  public ClassifierModel(SequenceClassifier classifier, AdapterSet adapters, Pass pass) {
    this.classifier = classifier;
    this.pass = pass;
    List<NamedParameter> all = new ArrayList<>();
    adapters
        .byModule()
        .forEach(
            (module, adapter) ->
                adapter
                    .parameters()
                    .forEach(p -> all.add(new NamedParameter(module + "." + p.name(), p))));
    classifier.head().parameters().forEach(p -> all.add(new NamedParameter("head." + p.name(), p)));
    this.parameters = List.copyOf(all);
  }

  @Override
  public List<NamedParameter> parameters() {
    return parameters;
  }

  @Override
  public double lossAndGradients(Batch batch, float[] labels, float scale, long seed) {
    pass.training(true, seed);
    return classifier.lossAndGradients(pass, batch, labels, scale);
  }
}
