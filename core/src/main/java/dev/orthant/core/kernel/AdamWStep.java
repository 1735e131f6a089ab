package dev.orthant.core.kernel;

/**
 * The scalars of one AdamW step (Loshchilov and Hutter, 2019, arXiv:1711.05101), in the order of
 * operations of PyTorch's {@code torch.optim.AdamW}:
 *
 * <pre>
 * g *= gradientFactor
 * p *= 1 - learningRate * weightDecay
 * m  = beta1 * m + (1 - beta1) * g
 * v  = beta2 * v + (1 - beta2) * g^2
 * p -= learningRate / (1 - beta1^step) * m / (sqrt(v) / sqrt(1 - beta2^step) + epsilon)
 * </pre>
 *
 * @param learningRate of this step, at least 0
 * @param beta1 decay of the mean, in [0, 1)
 * @param beta2 decay of the squared mean, in [0, 1)
 * @param epsilon added to the denominator, at least 0
 * @param weightDecay decoupled weight decay, at least 0
 * @param step the number of this step, from 1
 * @param gradientFactor what clips the gradient, at least 0; 1 if nothing does
 */
public record AdamWStep(
    double learningRate,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    long step,
    double gradientFactor) {

  /** Refuses values out of range. */
  public AdamWStep {
    require(learningRate >= 0, "learningRate must be at least 0", learningRate);
    require(beta1 >= 0 && beta1 < 1, "beta1 must be in [0, 1)", beta1);
    require(beta2 >= 0 && beta2 < 1, "beta2 must be in [0, 1)", beta2);
    require(epsilon >= 0, "epsilon must be at least 0", epsilon);
    require(weightDecay >= 0, "weightDecay must be at least 0", weightDecay);
    require(gradientFactor >= 0, "gradientFactor must be at least 0", gradientFactor);
    if (step < 1) {
      throw new IllegalArgumentException("step must be at least 1, was " + step);
    }
  }

  /** {@code 1 - learningRate * weightDecay}. */
  double shrink() {
    return 1 - learningRate * weightDecay;
  }

  /** {@code learningRate / (1 - beta1^step)}. */
  double stepSize() {
    return learningRate / (1 - Math.pow(beta1, step));
  }

  /** {@code sqrt(1 - beta2^step)}. */
  double rootCorrection() {
    return Math.sqrt(1 - Math.pow(beta2, step));
  }

  private static void require(boolean valid, String rule, double value) {
    if (!valid) {
      throw new IllegalArgumentException(rule + ", was " + value);
    }
  }
}
