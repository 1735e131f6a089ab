package dev.orthant.core.generate;

import dev.orthant.core.nn.LogSoftmax;
import java.util.random.RandomGenerator;

/**
 * Draws tokens: scores divided by the temperature, then only the {@code topK} most probable, then
 * of these only the most probable that reach {@code topP} together, drawn by what remains of their
 * probabilities.
 */
final class Sampler {

  private final GenerationConfig config;

  Sampler(GenerationConfig config) {
    this.config = config;
  }

  int draw(float[] scores, RandomGenerator random) {
    float[] scaled = new float[scores.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (scores[i] / config.temperature());
    }
    double[] logs = LogSoftmax.of(scaled);
    int[] tokens = Ranking.best(logs, kept(logs));
    double[] weights = new double[tokens.length];
    double total = 0;
    for (int i = 0; i < tokens.length; i++) {
      weights[i] = Math.exp(logs[tokens[i]]);
      total += weights[i];
    }
    double enough = config.topP() * total;
    double reached = 0;
    int nucleus = 0;
    while (nucleus < tokens.length && (nucleus == 0 || reached < enough)) {
      reached += weights[nucleus++];
    }
    double drawn = random.nextDouble() * reached;
    for (int i = 0; i < nucleus; i++) {
      drawn -= weights[i];
      if (drawn < 0) {
        return tokens[i];
      }
    }
    return tokens[nucleus - 1];
  }

  private int kept(double[] logs) {
    return config.topK() == 0 ? logs.length : Math.min(config.topK(), logs.length);
  }
}
