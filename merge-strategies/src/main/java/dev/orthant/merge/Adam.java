package dev.orthant.merge;

/** Adam (Kingma and Ba, 1412.6980) as PyTorch defines it, without weight decay. */
final class Adam {

  private static final double BETA_1 = 0.9;
  private static final double BETA_2 = 0.999;
  private static final double EPSILON = 1e-8;

  private final double learningRate;
  private final double[] mean;
  private final double[] square;
  private int steps;

  Adam(double learningRate, int size) {
    this.learningRate = learningRate;
    this.mean = new double[size];
    this.square = new double[size];
  }

  /** Moves x one step against a gradient. */
  void stepInPlace(double[] x, double[] gradient) {
    steps++;
    double correction1 = 1 - Math.pow(BETA_1, steps);
    double correction2 = Math.sqrt(1 - Math.pow(BETA_2, steps));
    for (int i = 0; i < x.length; i++) {
      double g = gradient[i];
      mean[i] = BETA_1 * mean[i] + (1 - BETA_1) * g;
      square[i] = BETA_2 * square[i] + (1 - BETA_2) * g * g;
      double root = Math.sqrt(square[i]) / correction2 + EPSILON;
      x[i] -= learningRate / correction1 * mean[i] / root;
    }
  }
}
