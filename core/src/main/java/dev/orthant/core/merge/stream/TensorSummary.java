package dev.orthant.core.merge.stream;

import java.util.List;

/**
 * What a merge did to one tensor.
 *
 * @param tensor its name
 * @param elements of it
 * @param inputNorms Frobenius norm of each input's delta, in the order of the inputs
 * @param mergedNorm Frobenius norm of the merged delta
 * @param density share of the merged delta's elements that are not zero
 * @param signConflicts share of the elements at which some inputs' deltas are above zero and others
 *     below, counted in at least one block of 16,384 elements in eight
 */
public record TensorSummary(
    String tensor,
    long elements,
    List<Double> inputNorms,
    double mergedNorm,
    double density,
    double signConflicts) {

  /** Copies the list. */
  public TensorSummary {
    inputNorms = List.copyOf(inputNorms);
  }
}
