package dev.orthant.core.spi;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The model that the inputs of a merge belong to, with unlabelled examples of each input's task:
 * what a rule that needs {@link MergerTraits.Need#UNLABELLED_DATA} fits its result with.
 *
 * <p>Tensors go by the names that {@link MergeTensor#name()} gives. A tensor without a delta is the
 * base's. For use by one thread.
 */
@Experimental
public interface TrialModel {

  /**
   * The matrices that deltas can be tried at, layer by layer in the order of the forward pass.
   * Those of a layer are what features of its own matrices depend on, beside the layers below.
   */
  List<List<String>> layers();

  /**
   * The statistics of the features that one task's examples have.
   *
   * @param input whose task
   * @param deltas by tensor, with which the model is run
   * @param tensors where
   */
  Map<String, FeatureStatistics> features(
      int input, Map<String, ? extends Delta> deltas, Collection<String> tensors);

  /**
   * Sums over one task's examples of {@code x y'}, where x [dIn] is a feature vector of the model
   * with some deltas and y the same vector with others.
   *
   * @param input whose task
   * @param one deltas by tensor, of x
   * @param other deltas by tensor, of y
   * @param tensors where
   * @return [dIn, dIn] by tensor, row-major
   */
  Map<String, double[]> crossProducts(
      int input,
      Map<String, ? extends Delta> one,
      Map<String, ? extends Delta> other,
      Collection<String> tensors);

  /**
   * How sure predictions are with sums of deltas {@code sum_i c_i delta_i}, as a function of the
   * coefficients c.
   *
   * @param deltas by tensor, one an input; not to be modified while the result is in use
   * @param batchSize examples of each task at a time
   * @throws IllegalArgumentException if a task is a regression, whose outputs have no entropy
   */
  Entropy entropy(Map<String, ? extends List<? extends Delta>> deltas, int batchSize);

  /** The entropy of predictions on one batch of each task. */
  interface Entropy extends AutoCloseable {

    /**
     * The sum over the tasks of the mean entropy of the predictions on the task's batch of a step.
     *
     * @param coefficients [inputs] by tensor
     * @param step from 0; equal steps have equal batches
     */
    Slope at(Map<String, double[]> coefficients, int step);

    /** Frees what it holds. */
    @Override
    void close();
  }

  /**
   * A value and its derivatives.
   *
   * @param value the value, in nats
   * @param gradient [inputs] by tensor
   */
  record Slope(double value, Map<String, double[]> gradient) {}
}
