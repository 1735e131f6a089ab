package dev.orthant.core.kernel;

import java.util.Arrays;

/**
 * Activations of tiles and their gradients. With {@code s = sigmoid(g(x))} the gradient of {@code x
 * s} is {@code s + x s (1 - s) g'(x)}.
 */
final class TileActivations {

  private static final float TANH_SCALE = 1.5957691f; // 2 sqrt(2 / pi): tanh(u) = 2 sigmoid(2u) - 1
  private static final float TANH_CUBE = 0.044715f;
  private static final float QUICK_SCALE = 1.702f;

  private final TileMath math;

  TileActivations(TileMath math) {
    this.math = math;
  }

  /** {@code x = f(x)}. */
  void apply(Activation f, float[] x, int n, Workspace ws) {
    switch (f) {
      case GELU -> math.gelu(x, n);
      case RELU -> relu(x, n);
      default -> {
        float[] s = ws.tile(Workspace.MATH, n);
        inner(f, x, s, n);
        sigmoid(s, n, ws);
        for (int i = 0; i < n; i++) {
          x[i] *= s[i];
        }
      }
    }
  }

  /** {@code d *= f'(x)}. */
  void gradient(Activation f, float[] x, float[] d, int n, Workspace ws) {
    switch (f) {
      case GELU -> math.geluGradient(x, d, n);
      case RELU -> reluGradient(x, d, n);
      default -> {
        float[] s = ws.tile(Workspace.MATH, n);
        float[] slope = ws.tile(Workspace.MATH + 1, n);
        inner(f, x, s, n);
        slope(f, x, slope, n);
        sigmoid(s, n, ws);
        for (int i = 0; i < n; i++) {
          d[i] *= s[i] + x[i] * s[i] * (1f - s[i]) * slope[i];
        }
      }
    }
  }

  /** g(x). */
  private static void inner(Activation f, float[] x, float[] g, int n) {
    switch (f) {
      case GELU_TANH -> {
        for (int i = 0; i < n; i++) {
          g[i] = TANH_SCALE * (x[i] + TANH_CUBE * x[i] * x[i] * x[i]);
        }
      }
      case QUICK_GELU -> {
        for (int i = 0; i < n; i++) {
          g[i] = QUICK_SCALE * x[i];
        }
      }
      case SILU -> System.arraycopy(x, 0, g, 0, n);
      default -> throw new IllegalArgumentException(f + " is no product with a sigmoid");
    }
  }

  /** g'(x). */
  private static void slope(Activation f, float[] x, float[] slope, int n) {
    switch (f) {
      case GELU_TANH -> {
        for (int i = 0; i < n; i++) {
          slope[i] = TANH_SCALE * (1f + 3f * TANH_CUBE * x[i] * x[i]);
        }
      }
      case QUICK_GELU -> Arrays.fill(slope, 0, n, QUICK_SCALE);
      case SILU -> Arrays.fill(slope, 0, n, 1f);
      default -> throw new IllegalArgumentException(f + " is no product with a sigmoid");
    }
  }

  private static void sigmoid(float[] s, int n, Workspace ws) {
    for (int i = 0; i < n; i++) {
      s[i] = -s[i];
    }
    FloatMath.exp(s, n, ws);
    for (int i = 0; i < n; i++) {
      s[i] = 1f / (1f + s[i]);
    }
  }

  private static void relu(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = x[i] <= 0f ? 0f : x[i]; // what is not a number stays so
    }
  }

  private static void reluGradient(float[] x, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = x[i] <= 0f ? 0f : d[i];
    }
  }
}
