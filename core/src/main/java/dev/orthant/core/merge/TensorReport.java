package dev.orthant.core.merge;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a merge did to one tensor.
 *
 * @param tensor its name
 * @param inputNorms Frobenius norm of each input's delta, in the order of the inputs
 * @param meanCosine mean cosine between the deltas of all pairs of inputs; null for a single input
 *     and where deltas are dense
 * @param signConflict share of the elements with at least two non-zero inputs at which the inputs'
 *     signs differ; null unless it was asked for
 * @param mergedNorm Frobenius norm of the result
 * @param mergedRank rank of the factors of the result, null if it is dense
 * @param transformError greatest relative error of a transform at this tensor, 0 without transforms
 */
public record TensorReport(
    String tensor,
    List<Double> inputNorms,
    @Nullable Double meanCosine,
    @Nullable Double signConflict,
    double mergedNorm,
    @Nullable Integer mergedRank,
    double transformError) {

  /** Copies the list. */
  public TensorReport {
    inputNorms = List.copyOf(inputNorms);
  }
}
