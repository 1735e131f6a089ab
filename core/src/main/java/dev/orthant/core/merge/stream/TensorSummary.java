package dev.orthant.core.merge.stream;

import java.util.List;

/**
 * What a merge did to one tensor.
 *
 * @param tensor its name
 * @param inputNorms Frobenius norm of each input's delta, in the order of the inputs
 * @param mergedNorm Frobenius norm of the merged delta
 * @param density share of the merged delta's elements that are not zero
 */
public record TensorSummary(
    String tensor, List<Double> inputNorms, double mergedNorm, double density) {

  /** Copies the list. */
  public TensorSummary {
    inputNorms = List.copyOf(inputNorms);
  }
}
