package dev.orthant.core.nn;

import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.text.Batch;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A linear layer on the base model's pooler, {@code tanh(dense(first hidden state))}, which stays
 * frozen.
 */
public final class ClsPoolerHead implements Head {

  /** The name of this kind of head. */
  public static final String NAME = "cls-pooler";

  private final Linear pooler;
  private final Classifier classifier;

  ClsPoolerHead(Linear pooler, Classifier classifier) {
    this.pooler = pooler;
    this.classifier = classifier;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<String> module() {
    return Optional.of("classifier");
  }

  @Override
  public int outputs() {
    return classifier.outputs();
  }

  @Override
  public List<Parameter> parameters() {
    return classifier.parameters();
  }

  @Override
  public INDArray features(Pass pass, INDArray hidden, Batch batch) {
    INDArray first = buffer(pass, batch, "head.first");
    INDArray pooled = buffer(pass, batch, "head.pooled");
    pass.kernels().takeRows(hidden, batch.firstRows(), first);
    pass.kernels().linear(first, List.of(pooler.layer()), List.of(pooled));
    pass.kernels().tanh(pooled, pooled);
    return pooled;
  }

  @Override
  public INDArray outputs(Pass pass, INDArray features) {
    return classifier.forward(pass, features);
  }

  @Override
  public void backward(Pass pass, Batch batch, INDArray dLogits, @Nullable INDArray dHidden) {
    Kernels kernels = pass.kernels();
    INDArray pooled = buffer(pass, batch, "head.pooled");
    if (dHidden == null) {
      classifier.backward(pass, pooled, dLogits, null);
      return;
    }
    INDArray dPooled = buffer(pass, batch, "head.pooled_gradient");
    INDArray dFirst = buffer(pass, batch, "head.first_gradient");
    classifier.backward(pass, pooled, dLogits, dPooled);
    kernels.tanhGradient(pooled, dPooled, dPooled);
    kernels.linearInputGradient(List.of(dPooled), List.of(pooler.layer()), false, dFirst);
    kernels.takeRowsGradient(dFirst, batch.firstRows(), dHidden);
  }

  private INDArray buffer(Pass pass, Batch batch, String name) {
    return pass.buffer(name, batch.size(), classifier.hidden()); // [sequences, hidden]
  }
}
