package dev.orthant.core.finetune;

import dev.orthant.core.nn.BertEncoder;
import dev.orthant.core.nn.ClsPoolerHead;
import dev.orthant.core.nn.Head;
import dev.orthant.core.nn.MeanPoolHead;
import dev.orthant.core.nn.PairPoolHead;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Which head a base model gets: a classifier on the pretrained pooler where there is one, otherwise
 * a linear layer on the means of the hidden states, so that nothing depends on weights that no file
 * carries.
 */
public final class Heads {

  private Heads() {}

  /**
   * An untrained head.
   *
   * @param pairs whether every example is a pair of texts
   */
  public static Head fresh(
      BertEncoder encoder, int outputs, boolean pairs, RandomGenerator random) {
    if (encoder.hasPooler()) {
      return ClsPoolerHead.fresh(encoder, outputs, random);
    }
    return pairs
        ? PairPoolHead.fresh(encoder, outputs, random)
        : MeanPoolHead.fresh(encoder, outputs, random);
  }

  /**
   * A trained head.
   *
   * @param kind the head's name
   * @param weight [outputs, features]
   * @param bias [outputs]
   */
  public static Head of(String kind, BertEncoder encoder, INDArray weight, INDArray bias) {
    return switch (kind) {
      case MeanPoolHead.NAME -> new MeanPoolHead(weight, bias);
      case PairPoolHead.NAME -> new PairPoolHead(weight, bias);
      case ClsPoolerHead.NAME -> new ClsPoolerHead(encoder, weight, bias);
      default ->
          throw new IllegalArgumentException(
              "no head '%s'; there are %s, %s, %s"
                  .formatted(kind, MeanPoolHead.NAME, PairPoolHead.NAME, ClsPoolerHead.NAME));
    };
  }
}
