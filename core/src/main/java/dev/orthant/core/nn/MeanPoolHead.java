package dev.orthant.core.nn;

import dev.orthant.core.spi.Parameter;
import dev.orthant.core.text.Batch;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A linear layer on the mean of a sequence's hidden states, for encoders without a pretrained
 * pooler.
 */
public final class MeanPoolHead implements Head {

  /** The name of this kind of head. */
  public static final String NAME = "mean-pool";

  private final Classifier classifier;

  private MeanPoolHead(Classifier classifier) {
    this.classifier = classifier;
  }

  /**
   * A trained head.
   *
   * @param weight [outputs, hidden]; kept, not copied
   * @param bias [outputs]; kept, not copied
   */
  public MeanPoolHead(INDArray weight, INDArray bias) {
    this(new Classifier(weight, bias));
  }

  /**
   * An untrained head: weights from N(0, 0.02^2), bias 0.
   *
   * @param hidden width of the hidden states
   */
  public static MeanPoolHead fresh(int hidden, int outputs, RandomGenerator random) {
    return new MeanPoolHead(Classifier.fresh(hidden, outputs, random));
  }

  @Override
  public String name() {
    return NAME;
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
    INDArray pooled = pooled(pass, batch);
    pass.kernels().meanPool(hidden, batch.offsets(), pooled);
    return pooled;
  }

  @Override
  public INDArray outputs(Pass pass, INDArray features) {
    return classifier.forward(pass, features);
  }

  @Override
  public void backward(Pass pass, Batch batch, INDArray dLogits, @Nullable INDArray dHidden) {
    INDArray dPooled =
        dHidden == null
            ? null
            : pass.buffer("head.pooled_gradient", batch.size(), classifier.hidden());
    classifier.backward(pass, pooled(pass, batch), dLogits, dPooled);
    if (dPooled != null && dHidden != null) {
      pass.kernels().meanPoolGradient(dPooled, batch.offsets(), dHidden);
    }
  }

  private INDArray pooled(Pass pass, Batch batch) {
    return pass.buffer("head.pooled", batch.size(), classifier.hidden()); // [sequences, hidden]
  }
}
