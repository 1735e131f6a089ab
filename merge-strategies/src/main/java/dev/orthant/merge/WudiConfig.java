package dev.orthant.merge;

/**
 * Configuration of {@code wudi}.
 *
 * @param steps of Adam, at least 0
 * @param learningRate of Adam, positive
 */
public record WudiConfig(int steps, double learningRate) {

  /** Refuses values out of range. */
  public WudiConfig {
    if (steps < 0) {
      throw new IllegalArgumentException("steps must be at least 0, was " + steps);
    }
    if (!(learningRate > 0 && Double.isFinite(learningRate))) {
      throw new IllegalArgumentException("learning_rate must be positive, was " + learningRate);
    }
  }

  /** 300 steps of 1e-5, the paper's for vision; it takes 2e-5 for language. */
  public static WudiConfig defaults() {
    return new WudiConfig(300, 1e-5);
  }
}
