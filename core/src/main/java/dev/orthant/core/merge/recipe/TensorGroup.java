package dev.orthant.core.merge.recipe;

import dev.orthant.core.merge.stream.TensorSummary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a merge did to tensors of one kind, those of all layers together.
 *
 * @param tensors how many
 * @param elements of all of them
 * @param inputNorms Frobenius norm of each input's deltas, in the order of the inputs
 * @param mergedNorm Frobenius norm of the merged deltas
 * @param density share of the merged elements that are not zero
 * @param signConflicts share of the elements at which inputs have opposite signs
 */
record TensorGroup(
    int tensors,
    long elements,
    List<Double> inputNorms,
    double mergedNorm,
    double density,
    double signConflicts) {

  /** One tensor. */
  static TensorGroup of(TensorSummary summary) {
    return new TensorGroup(
        1,
        summary.elements(),
        summary.inputNorms(),
        summary.mergedNorm(),
        summary.density(),
        summary.signConflicts());
  }

  /** By name, with {@code *} for the number of a layer, in the order of the tensors. */
  static Map<String, TensorGroup> of(List<TensorSummary> summaries) {
    Map<String, TensorGroup> groups = new LinkedHashMap<>();
    for (TensorSummary summary : summaries) {
      String kind = summary.tensor().replaceAll("(?<=\\.)\\d+(?=\\.)", "*");
      groups.merge(kind, of(summary), TensorGroup::and);
    }
    return groups;
  }

  private TensorGroup and(TensorGroup other) {
    List<Double> norms = new ArrayList<>();
    for (int i = 0; i < inputNorms.size(); i++) {
      norms.add(Math.hypot(inputNorms.get(i), other.inputNorms.get(i)));
    }
    return new TensorGroup(
        tensors + other.tensors,
        elements + other.elements,
        norms,
        Math.hypot(mergedNorm, other.mergedNorm),
        mean(density, other.density, other.elements),
        mean(signConflicts, other.signConflicts, other.elements));
  }

  /** Of shares of these elements and of some more. */
  private double mean(double mine, double others, long otherElements) {
    return (mine * elements + others * otherElements) / (elements + otherElements);
  }
}
