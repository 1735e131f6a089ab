package dev.orthant.core.features;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The diagonal Fisher information of a model's weights on one task's examples.
 *
 * @param task whose examples these are
 * @param source what the model and the examples are from
 * @param kind how gradients were squared
 * @param examples how many examples there were
 * @param batchSize how many of them were summed up before squaring, the last batch aside; 1 for
 *     exact information
 * @param modules module path to the information of its weights [dOut, dIn], in the model's order
 */
public record FisherInformation(
    String task,
    Source source,
    Kind kind,
    int examples,
    int batchSize,
    Map<String, INDArray> modules) {

  /** How gradients are squared. */
  public enum Kind {
    /**
     * The definition: the mean over examples x of {@code E_{y ~ p(y|x)} (d log p(y|x) / dw)^2}; for
     * a regression p is a normal distribution of variance 1, so that this is {@code (df(x) /
     * dw)^2}. It does not depend on labels or on the size of batches.
     */
    EXACT,
    /**
     * What much code computes: the square of the gradient of {@code sum_x sum_y sqrt(p(y|x)) log
     * p(y|x)} over a batch, summed over batches and divided by the number of examples. Terms of
     * different examples and classes are multiplied with each other, so the size of batches
     * matters.
     */
    BATCH_SUM;

    /** As it is written: {@code exact}, {@code batch-sum}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * What information was taken with.
   *
   * @param base fingerprint of the checkpoint; with a suffix for adapters that were merged into it
   * @param tokenizer fingerprint of the tokenizer
   */
  public record Source(String base, String tokenizer) {}

  /** Copies the map, keeping its order, and refuses information of nothing. */
  public FisherInformation {
    modules = Collections.unmodifiableMap(new LinkedHashMap<>(modules));
    if (modules.isEmpty() || examples < 1) {
      throw new IllegalArgumentException(
          "Fisher information of %d modules from %d examples, task '%s'"
              .formatted(modules.size(), examples, task));
    }
  }
}
