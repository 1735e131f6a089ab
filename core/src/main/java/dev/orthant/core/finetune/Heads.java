package dev.orthant.core.finetune;

import dev.orthant.core.nn.BertEncoder;
import dev.orthant.core.nn.ClsPoolerHead;
import dev.orthant.core.nn.Head;
import dev.orthant.core.nn.MeanPoolHead;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Which head a base model gets: a classifier on the pretrained pooler where there is one, otherwise
 * a linear layer on the mean of the hidden states, so that nothing depends on weights that no file
 * carries.
 */
public final class Heads {

  private Heads() {}

  /** An untrained head. */
  public static Head fresh(BertEncoder encoder, int outputs, RandomGenerator random) {
    return encoder.hasPooler()
        ? ClsPoolerHead.fresh(encoder, outputs, random)
        : MeanPoolHead.fresh(encoder, outputs, random);
  }

  /**
   * A trained head.
   *
   * @param kind the head's name
   * @param weight [outputs, hidden]
   * @param bias [outputs]
   */
  public static Head of(String kind, BertEncoder encoder, INDArray weight, INDArray bias) {
    return switch (kind) {
      case MeanPoolHead.NAME -> new MeanPoolHead(weight, bias);
      case ClsPoolerHead.NAME -> new ClsPoolerHead(encoder, weight, bias);
      default ->
          throw new IllegalArgumentException(
              "no head '%s'; there are %s, %s"
                  .formatted(kind, MeanPoolHead.NAME, ClsPoolerHead.NAME));
    };
  }
}
