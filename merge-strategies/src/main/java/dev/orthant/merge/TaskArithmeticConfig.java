package dev.orthant.merge;

/**
 * Configuration of {@code task-arithmetic}.
 *
 * @param lambda what the weighted sum of the deltas is multiplied by; finite
 * @param normalize whether the weights are divided by their sum
 */
public record TaskArithmeticConfig(double lambda, boolean normalize) {

  /** Refuses a lambda that is not finite. */
  public TaskArithmeticConfig {
    Range.requireLambda(lambda);
  }

  /**
   * Lambda is 0.3: Ilharco et al. find 0.3 to 0.5 good in many cases when nothing can be tuned, and
   * for low-rank adapters the lower end is safer (FusionBench's Flan-T5 comparison uses 0.3).
   * Weights are as they are, as in the paper and in mergekit.
   */
  public static TaskArithmeticConfig defaults() {
    return new TaskArithmeticConfig(0.3, false);
  }
}
