package dev.orthant.core.nn;

import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.text.Batch;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * RoBERTa's head, {@code out_proj(tanh(dense(first hidden state)))}, of which both layers are
 * trained.
 */
public final class DenseClsHead implements Head {

  /** The name of this kind of head. */
  public static final String NAME = "cls-dense";

  /** Before the names of the first layer's parameters. */
  public static final String DENSE = "dense.";

  /** Before the names of the second layer's parameters. */
  public static final String PROJECTION = "out_proj.";

  private final Classifier dense;
  private final Classifier projection;

  DenseClsHead(Classifier dense, Classifier projection) {
    this.dense = dense;
    this.projection = projection;
  }

  /**
   * An untrained head: weights from N(0, 0.02^2), biases 0.
   *
   * @param hidden width of the hidden states
   */
  public static DenseClsHead fresh(int hidden, int outputs, RandomGenerator random) {
    return new DenseClsHead(
        Classifier.fresh(DENSE, hidden, hidden, random),
        Classifier.fresh(PROJECTION, hidden, outputs, random));
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
    return projection.outputs();
  }

  @Override
  public List<Parameter> parameters() {
    return Stream.concat(dense.parameters().stream(), projection.parameters().stream()).toList();
  }

  @Override
  public INDArray features(Pass pass, INDArray hidden, Batch batch) {
    INDArray first = buffer(pass, "head.pooled", batch.size());
    pass.kernels().takeRows(hidden, batch.firstRows(), first);
    return first;
  }

  @Override
  public INDArray outputs(Pass pass, INDArray features) {
    INDArray activated = buffer(pass, "head.activated", features.size(0));
    dense.forward(pass, features, activated);
    pass.kernels().tanh(activated, activated);
    return projection.forward(pass, activated);
  }

  @Override
  public void backward(Pass pass, Batch batch, INDArray dLogits, @Nullable INDArray dHidden) {
    Kernels kernels = pass.kernels();
    INDArray first = buffer(pass, "head.pooled", batch.size());
    INDArray activated = buffer(pass, "head.activated", batch.size());
    INDArray dActivated = buffer(pass, "head.activated_gradient", batch.size());
    projection.backward(pass, activated, dLogits, dActivated);
    kernels.tanhGradient(activated, dActivated, dActivated);
    if (dHidden == null) {
      dense.backward(pass, first, dActivated, null);
      return;
    }
    INDArray dFirst = buffer(pass, "head.pooled_gradient", batch.size());
    dense.backward(pass, first, dActivated, dFirst);
    kernels.takeRowsGradient(dFirst, batch.firstRows(), dHidden);
  }

  private INDArray buffer(Pass pass, String name, long rows) {
    return pass.buffer(name, rows, dense.hidden()); // [sequences, hidden]
  }
}
