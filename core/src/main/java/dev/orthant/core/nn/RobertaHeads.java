package dev.orthant.core.nn;

import static dev.orthant.core.nn.HeadTensors.require;

import java.util.Map;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The heads of RoBERTa.
 *
 * @param hidden width of the hidden states
 */
public record RobertaHeads(int hidden) implements Heads {

  @Override
  public Head fresh(int outputs, boolean pairs, RandomGenerator random) {
    return DenseClsHead.fresh(hidden, outputs, random);
  }

  @Override
  public Head of(String kind, Map<String, INDArray> tensors) {
    return switch (kind) {
      case DenseClsHead.NAME ->
          new DenseClsHead(
              layer(tensors, DenseClsHead.DENSE), layer(tensors, DenseClsHead.PROJECTION));
      case MeanPoolHead.NAME ->
          new MeanPoolHead(require(kind, tensors, "weight"), require(kind, tensors, "bias"));
      default -> throw HeadTensors.unknown(kind, DenseClsHead.NAME, MeanPoolHead.NAME);
    };
  }

  private static Classifier layer(Map<String, INDArray> tensors, String prefix) {
    String kind = DenseClsHead.NAME;
    return new Classifier(
        prefix, require(kind, tensors, prefix + "weight"), require(kind, tensors, prefix + "bias"));
  }
}
