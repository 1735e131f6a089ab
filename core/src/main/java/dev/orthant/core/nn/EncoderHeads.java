package dev.orthant.core.nn;

import static dev.orthant.core.nn.HeadTensors.require;

import java.util.Map;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The heads of encoders: a classifier on the pretrained pooler where there is one, otherwise a
 * linear layer on the means of the hidden states, so that nothing depends on weights that no file
 * carries.
 */
record EncoderHeads(BertEncoder encoder) implements Heads {

  @Override
  public Head fresh(int outputs, boolean pairs, RandomGenerator random) {
    if (encoder.hasPooler()) {
      return ClsPoolerHead.fresh(encoder, outputs, random);
    }
    return pairs
        ? PairPoolHead.fresh(encoder, outputs, random)
        : MeanPoolHead.fresh(encoder, outputs, random);
  }

  @Override
  public Head of(String kind, Map<String, INDArray> tensors) {
    INDArray weight = require(kind, tensors, "weight");
    INDArray bias = require(kind, tensors, "bias");
    return switch (kind) {
      case MeanPoolHead.NAME -> new MeanPoolHead(weight, bias);
      case PairPoolHead.NAME -> new PairPoolHead(weight, bias);
      case ClsPoolerHead.NAME -> new ClsPoolerHead(encoder, weight, bias);
      default ->
          throw HeadTensors.unknown(kind, MeanPoolHead.NAME, PairPoolHead.NAME, ClsPoolerHead.NAME);
    };
  }
}
