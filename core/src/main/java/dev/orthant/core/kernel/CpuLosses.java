package dev.orthant.core.kernel;

/** The losses; few rows and columns, so they run in the calling thread and in double precision. */
final class CpuLosses {

  private final ThreadLocal<Workspace> workspace;

  CpuLosses(ThreadLocal<Workspace> workspace) {
    this.workspace = workspace;
  }

  double crossEntropy(Floats logits, float[] labels, int classes, float scale, Floats dLogits) {
    float[] t = workspace.get().tile(0, classes);
    int n = labels.length;
    double loss = 0;
    for (int row = 0; row < n; row++) {
      logits.get(row * classes, t, classes);
      int label = (int) labels[row];
      double logNormalizer = logSumExp(t, classes);
      loss += logNormalizer - t[label];
      for (int c = 0; c < classes; c++) {
        double probability = Math.exp(t[c] - logNormalizer);
        t[c] = (float) ((probability - (c == label ? 1 : 0)) * scale / n);
      }
      dLogits.put(row * classes, t, classes);
    }
    return loss / n;
  }

  double squaredError(Floats predictions, float[] targets, float scale, Floats dPredictions) {
    int n = targets.length;
    float[] t = workspace.get().tile(0, n);
    predictions.get(0, t, n);
    double loss = 0;
    for (int row = 0; row < n; row++) {
      double error = (double) t[row] - targets[row];
      loss += error * error;
      t[row] = (float) (2 * error * scale / n);
    }
    dPredictions.put(0, t, n);
    return loss / n;
  }

  private static double logSumExp(float[] t, int n) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, t[i]);
    }
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += Math.exp(t[i] - max);
    }
    return max + Math.log(sum);
  }
}
