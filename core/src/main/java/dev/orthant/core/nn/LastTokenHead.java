package dev.orthant.core.nn;

import dev.orthant.core.spi.Parameter;
import dev.orthant.core.text.Batch;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A linear layer without bias on the last token that is not padding, as the sequence classifiers of
 * Hugging Face's decoders have it.
 *
 * <p>Batches have no padding, but a text may end with the token that serves as padding, which is
 * then passed over as there. Of a sequence of nothing else the first token is taken.
 */
public final class LastTokenHead implements Head {

  /** The name of this kind of head. */
  public static final String NAME = "last-token";

  private final Classifier classifier;
  private final int padding;

  private LastTokenHead(Classifier classifier, int padding) {
    this.classifier = classifier;
    this.padding = padding;
  }

  /**
   * A trained head.
   *
   * @param weight [outputs, hidden]; kept, not copied
   * @param padding the id of the padding token, -1 for none
   */
  public LastTokenHead(INDArray weight, int padding) {
    this(new Classifier(weight, null), padding);
  }

  /**
   * An untrained head: weights from N(0, 0.02^2).
   *
   * @param hidden width of the hidden states
   */
  public static LastTokenHead fresh(int hidden, int outputs, int padding, RandomGenerator random) {
    return new LastTokenHead(Classifier.withoutBias(hidden, outputs, random), padding);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<String> module() {
    return Optional.of("score");
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
    INDArray last = buffer(pass, batch, "head.pooled");
    pass.kernels().takeRows(hidden, rows(batch), last);
    return last;
  }

  @Override
  public INDArray outputs(Pass pass, INDArray features) {
    return classifier.forward(pass, features);
  }

  @Override
  public void backward(Pass pass, Batch batch, INDArray dLogits, @Nullable INDArray dHidden) {
    INDArray last = buffer(pass, batch, "head.pooled");
    if (dHidden == null) {
      classifier.backward(pass, last, dLogits, null);
      return;
    }
    INDArray dLast = buffer(pass, batch, "head.pooled_gradient");
    classifier.backward(pass, last, dLogits, dLast);
    pass.kernels().takeRowsGradient(dLast, rows(batch), dHidden);
  }

  private int[] rows(Batch batch) {
    int[] rows = batch.lastRows();
    for (int i = 0; i < rows.length; i++) {
      int first = batch.offsets()[i];
      while (rows[i] > first && batch.tokenIds()[rows[i]] == padding) {
        rows[i]--;
      }
    }
    return rows;
  }

  private INDArray buffer(Pass pass, Batch batch, String name) {
    return pass.buffer(name, batch.size(), classifier.hidden()); // [sequences, hidden]
  }
}
