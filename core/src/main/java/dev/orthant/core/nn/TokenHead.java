package dev.orthant.core.nn;

import dev.orthant.core.spi.Parameter;
import dev.orthant.core.text.Batch;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A linear layer on every token, for labels of tokens: outputs are [tokens, outputs], and a loss
 * takes a label for each token.
 */
public final class TokenHead implements Head {

  /** The name of this kind of head. */
  public static final String NAME = "token";

  private final Classifier classifier;

  private TokenHead(Classifier classifier) {
    this.classifier = classifier;
  }

  /**
   * A trained head.
   *
   * @param weight [outputs, hidden]; kept, not copied
   * @param bias [outputs]; kept, not copied
   */
  public TokenHead(INDArray weight, INDArray bias) {
    this(new Classifier(weight, bias));
  }

  /**
   * An untrained head: weights from N(0, 0.02^2), bias 0.
   *
   * @param hidden width of the hidden states
   */
  public static TokenHead fresh(int hidden, int outputs, RandomGenerator random) {
    return new TokenHead(Classifier.fresh(hidden, outputs, random));
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

  /** The hidden states themselves, in a buffer of the head. */
  @Override
  public INDArray features(Pass pass, INDArray hidden, Batch batch) {
    INDArray kept = pass.buffer("head.tokens", hidden.shape());
    return kept.assign(hidden);
  }

  @Override
  public INDArray outputs(Pass pass, INDArray features) {
    return classifier.forward(pass, features);
  }

  @Override
  public void backward(Pass pass, Batch batch, INDArray dLogits, @Nullable INDArray dHidden) {
    INDArray kept = pass.buffer("head.tokens", batch.tokens(), classifier.hidden());
    classifier.backward(pass, kept, dLogits, dHidden);
  }
}
