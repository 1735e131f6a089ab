package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.TileSource;
import dev.orthant.core.spi.ElementMerger;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.Merger;
import java.util.function.Supplier;

/**
 * A linear combination of the inputs whose coefficients depend on their inner products alone: the
 * spherical rules and Model Stock. Low-rank tensors stay low-rank, and no dense matrix is formed
 * for them.
 *
 * @param coefficients the rule
 */
record SpanRule(Coefficients coefficients) implements ElementMerger {

  /** What is taken as one vector. */
  enum Vectors {
    /** The whole tensor. */
    TENSOR,
    /** Each slice of the last dimension. */
    ROW,
    /** Each slice of the first dimension. */
    COLUMN
  }

  /** The rule for given vectors. */
  static Merger over(Vectors vectors, Coefficients coefficients) {
    return vectors == Vectors.TENSOR
        ? new SpanRule(coefficients)
        : new SliceSpanRule(coefficients, vectors == Vectors.ROW);
  }

  @Override
  public Delta merge(MergeTensor tensor) {
    Delta[] deltas = LinearRule.deltas(tensor);
    return LinearRule.sum(deltas, coefficients(tensor, () -> InnerProducts.of(deltas)));
  }

  @Override
  public TileSource mergeElements(MergeTensor tensor) {
    TileSource[] deltas = ElementwiseRule.elements(tensor);
    return LinearRule.elements(deltas, coefficients(tensor, () -> InnerProducts.of(deltas)));
  }

  private double[] coefficients(MergeTensor tensor, Supplier<double[][]> gram) {
    double[] weights = LinearRule.weights(tensor);
    return naming(tensor, () -> coefficients.of(gram.get(), weights));
  }

  /** Says at which tensor a rule has no answer. */
  static <T> T naming(MergeTensor tensor, Supplier<T> work) {
    try {
      return work.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("tensor '" + tensor.name() + "': " + e.getMessage(), e);
    }
  }
}
