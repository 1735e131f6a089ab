package dev.orthant.merge;

/**
 * Configuration of {@code task-arithmetic}.
 *
 * @param lambda what the weighted sum of the deltas is multiplied by; finite
 */
public record TaskArithmeticConfig(double lambda) {

  /** Refuses a lambda that is not finite. */
  public TaskArithmeticConfig {
    Range.requireLambda(lambda);
  }

  /**
   * Lambda is 0.3: Ilharco et al. find 0.3 to 0.5 good in many cases when nothing can be tuned, and
   * for low-rank adapters the lower end is safer (FusionBench's Flan-T5 comparison uses 0.3).
   */
  public static TaskArithmeticConfig defaults() {
    return new TaskArithmeticConfig(0.3);
  }
}
