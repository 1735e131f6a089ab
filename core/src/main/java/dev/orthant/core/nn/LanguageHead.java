package dev.orthant.core.nn;

import dev.orthant.core.spi.Parameter;
import dev.orthant.core.text.Batch;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Stands where a task has no head over sequences, but the model's own output over its vocabulary:
 * see {@link NextTokenModel}. It has no parameters, and computes nothing.
 *
 * @param encoderDecoder whether the model has an encoder
 */
public record LanguageHead(boolean encoderDecoder) implements Head {

  /** The name of this kind of head. */
  public static final String NAME = "language-model";

  /** That of a model. */
  public static LanguageHead of(Transformer model) {
    return new LanguageHead(model.startToken().isPresent());
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String taskType() {
    return encoderDecoder ? "SEQ_2_SEQ_LM" : "CAUSAL_LM";
  }

  /** A model of Hugging Face's with an encoder has no prefix where it is one of language. */
  @Override
  public boolean isPrefixed() {
    return !encoderDecoder;
  }

  /** One: how probable a row's text is. */
  @Override
  public int outputs() {
    return 1;
  }

  @Override
  public List<Parameter> parameters() {
    return List.of();
  }

  @Override
  public INDArray features(Pass pass, INDArray hidden, Batch batch) {
    throw notOfSequences();
  }

  @Override
  public INDArray outputs(Pass pass, INDArray features) {
    throw notOfSequences();
  }

  @Override
  public void backward(Pass pass, Batch batch, INDArray dLogits, @Nullable INDArray dHidden) {
    throw notOfSequences();
  }

  private static IllegalArgumentException notOfSequences() {
    return new IllegalArgumentException(
        "a language task has no head over whole texts, which this needs");
  }
}
