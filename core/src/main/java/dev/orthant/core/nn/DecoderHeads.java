package dev.orthant.core.nn;

import java.util.Map;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The heads of decoders: a linear layer on the last token, which alone has seen the others.
 *
 * @param hidden width of the hidden states
 * @param padding the id of the padding token, -1 for none
 */
public record DecoderHeads(int hidden, int padding) implements Heads {

  @Override
  public Head fresh(int outputs, boolean pairs, RandomGenerator random) {
    return LastTokenHead.fresh(hidden, outputs, padding, random);
  }

  @Override
  public Head of(String kind, Map<String, INDArray> tensors) {
    if (!kind.equals(LastTokenHead.NAME)) {
      throw HeadTensors.unknown(kind, LastTokenHead.NAME);
    }
    return new LastTokenHead(HeadTensors.require(kind, tensors, "weight"), padding);
  }
}
