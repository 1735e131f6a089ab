package dev.orthant.core.kernel;

import java.util.Arrays;

/** AdamW in one pass. */
final class CpuOptimizer {

  private CpuOptimizer() {}

  static void adamW(
      CpuTiles tiles, AdamWStep step, Floats parameter, Floats gradient, Floats m, Floats v) {
    tiles.elements(
        parameter.length(),
        (from, count, ws) -> {
          float[] p = ws.tile(0, count);
          float[] g = ws.tile(1, count);
          float[] mean = ws.tile(2, count);
          float[] square = ws.tile(3, count);
          parameter.get(from, p, count);
          gradient.get(from, g, count);
          m.get(from, mean, count);
          v.get(from, square, count);
          adamW(step, p, g, mean, square, count);
          parameter.put(from, p, count);
          m.put(from, mean, count);
          v.put(from, square, count);
          Arrays.fill(g, 0, count, 0f);
          gradient.put(from, g, count);
        });
  }

  private static void adamW(AdamWStep step, float[] p, float[] g, float[] m, float[] v, int count) {
    float shrink = (float) step.shrink();
    float beta1 = (float) step.beta1();
    float rest1 = (float) (1 - step.beta1());
    float beta2 = (float) step.beta2();
    float rest2 = (float) (1 - step.beta2());
    float stepSize = (float) step.stepSize();
    float root = (float) step.rootCorrection();
    float epsilon = (float) step.epsilon();
    float clip = (float) step.gradientFactor();
    for (int i = 0; i < count; i++) {
      float gradient = clip * g[i];
      m[i] = beta1 * m[i] + rest1 * gradient;
      v[i] = beta2 * v[i] + rest2 * gradient * gradient;
      float denominator = (float) Math.sqrt(v[i]) / root + epsilon;
      p[i] = p[i] * shrink - stepSize * (m[i] / denominator);
    }
  }
}
