package dev.orthant.core.nn;

import dev.orthant.core.spi.Parameter;
import dev.orthant.core.text.Batch;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Chooses among answers: a head of one output scores each, and the scores of an example's answers
 * compete in its softmax. The answers of an example are neighbouring sequences of a batch, each
 * with the question before it, as in Hugging Face's models for multiple choice.
 */
public final class MultipleChoiceHead implements Head {

  /** The name of this kind of head. */
  public static final String NAME = "multiple-choice";

  private final Head scorer;
  private final int choices;

  /**
   * @param scorer gives one output for each sequence
   * @param choices the number of answers of an example, at least 2
   */
  public MultipleChoiceHead(Head scorer, int choices) {
    if (scorer.outputs() != 1) {
      throw new IllegalArgumentException(
          "answers are scored by one output, the head '%s' has %d"
              .formatted(scorer.name(), scorer.outputs()));
    }
    if (choices < 2) {
      throw new IllegalArgumentException("choices must be at least 2, was " + choices);
    }
    this.scorer = scorer;
    this.choices = choices;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<String> module() {
    return scorer.module();
  }

  /** The number of answers. */
  @Override
  public int outputs() {
    return choices;
  }

  @Override
  public List<Parameter> parameters() {
    return scorer.parameters();
  }

  @Override
  public INDArray features(Pass pass, INDArray hidden, Batch batch) {
    return scorer.features(pass, hidden, batch);
  }

  /**
   * The scores of the answers.
   *
   * @return [examples, choices]
   * @throws IllegalArgumentException if the sequences are no whole examples
   */
  @Override
  public INDArray outputs(Pass pass, INDArray features) {
    if (features.size(0) % choices != 0) {
      throw new IllegalArgumentException(
          "%d sequences are no examples of %d answers each".formatted(features.size(0), choices));
    }
    return scorer.outputs(pass, features).reshape('c', features.size(0) / choices, choices);
  }

  @Override
  public void backward(Pass pass, Batch batch, INDArray dLogits, @Nullable INDArray dHidden) {
    scorer.backward(pass, batch, dLogits.reshape('c', batch.size(), 1), dHidden);
  }
}
