package dev.orthant.core.finetune;

import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.NextTokenModel;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.text.Batch;
import dev.orthant.core.train.NamedParameter;
import dev.orthant.core.train.TrainableModel;
import java.util.List;
import java.util.Set;

/** A language model with adapters, as the training loop sees it; rows have a label a token. */
public final class LanguageModelTraining implements TrainableModel {

  private final NextTokenModel model;
  private final Pass pass;
  private final LayeredAdapters adapters;

  /**
   * @param pass of these adapters; used by one thread at a time
   */
  public LanguageModelTraining(NextTokenModel model, AdapterSet adapters, Pass pass) {
    this.model = model;
    this.pass = pass;
    this.adapters = new LayeredAdapters(model.transformer().sites(), adapters);
  }

  @Override
  public List<NamedParameter> parameters() {
    return adapters.parameters();
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
    return model.lossAndGradients(pass, batch, labels, scale);
  }
}
