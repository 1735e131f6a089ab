package dev.orthant.core.family;

import dev.orthant.core.nn.EncoderHeads;
import dev.orthant.core.nn.Head;
import dev.orthant.core.nn.Heads;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The heads of T5: a linear layer on the mean of the decoder's states, where the decoder has read
 * the text behind its start token. The two texts of a pair are not told apart, as T5's tokens have
 * no types.
 *
 * @param means the heads that it takes them from
 */
record T5Heads(EncoderHeads means) implements Heads {

  @Override
  public Head fresh(int outputs, boolean pairs, RandomGenerator random) {
    return means.fresh(outputs, false, random);
  }

  @Override
  public Head of(String kind, Map<String, INDArray> tensors) {
    return means.of(kind, tensors);
  }
}
