package dev.orthant.core.application;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a classifier says of one text.
 *
 * @param label the most probable class; the first of those that are equally probable
 * @param probability its probability
 * @param probabilities of every class, in the order of the classifier's labels; they add up to 1
 */
public record Prediction(String label, double probability, Map<String, Double> probabilities) {

  /** Copies the map, keeping its order. */
  public Prediction {
    probabilities = Collections.unmodifiableMap(new LinkedHashMap<>(probabilities));
  }
}
