package dev.orthant.core.nn;

import static dev.orthant.core.nn.HeadTensors.require;

import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The heads of encoders: a classifier on the pretrained pooler where there is one, otherwise a
 * linear layer on the means of the hidden states, so that nothing depends on weights that no file
 * carries.
 *
 * @param hidden width of the hidden states
 * @param pooler [hidden, hidden], or null if the checkpoint has none
 */
public record EncoderHeads(int hidden, @Nullable Linear pooler) implements Heads {

  @Override
  public Head fresh(int outputs, boolean pairs, RandomGenerator random) {
    if (pooler != null) {
      return new ClsPoolerHead(pooler, Classifier.fresh(hidden, outputs, random));
    }
    return pairs
        ? PairPoolHead.fresh(hidden, outputs, random)
        : MeanPoolHead.fresh(hidden, outputs, random);
  }

  @Override
  public Head of(String kind, Map<String, INDArray> tensors) {
    INDArray weight = require(kind, tensors, "weight");
    INDArray bias = require(kind, tensors, "bias");
    return switch (kind) {
      case MeanPoolHead.NAME -> new MeanPoolHead(weight, bias);
      case PairPoolHead.NAME -> new PairPoolHead(weight, bias);
      case ClsPoolerHead.NAME -> new ClsPoolerHead(existing(), new Classifier(weight, bias));
      case TokenHead.NAME -> new TokenHead(weight, bias);
      default ->
          throw HeadTensors.unknown(
              kind, MeanPoolHead.NAME, PairPoolHead.NAME, ClsPoolerHead.NAME, TokenHead.NAME);
    };
  }

  private Linear existing() {
    if (pooler == null) {
      throw new IllegalArgumentException(
          "the base model has no pooler; use the head " + MeanPoolHead.NAME);
    }
    return pooler;
  }
}
