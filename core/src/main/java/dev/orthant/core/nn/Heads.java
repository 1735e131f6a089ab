package dev.orthant.core.nn;

import java.util.Map;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The heads of one model. */
public interface Heads {

  /**
   * An untrained head, of the kind that the model's family is usually given.
   *
   * @param outputs one for each class, or one for a regression
   * @param pairs whether every example is a pair of texts
   */
  Head fresh(int outputs, boolean pairs, RandomGenerator random);

  /**
   * A trained head.
   *
   * @param kind the head's name
   * @param tensors the values of its parameters by name; kept, not copied
   * @throws IllegalArgumentException if the model cannot have such a head, or a tensor is missing
   */
  Head of(String kind, Map<String, INDArray> tensors);
}
