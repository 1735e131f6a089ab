package dev.orthant.eval.benchmark;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * {@code torch.linalg.eigh} in double precision; it has no way to compute a part of the spectrum.
 */
final class LibtorchEigenvectors implements Side {

  private final int n;
  private final double[] covariance;
  private final NDManager manager = NDManager.newBaseManager("PyTorch");
  private final NDArray matrix;
  private final TorchScript eigh;

  LibtorchEigenvectors(int n, int threads) {
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    this.n = n;
    this.covariance = Spectrum.covariance(n);
    this.matrix = manager.create(covariance, new Shape(n, n));
    this.eigh = new TorchScript("eigh", manager);
  }

  @Override
  public double run() {
    try (NDArray columns = eigh.apply(matrix); // [n, n], ascending
        NDArray rows = columns.transpose();
        NDArray smallest = rows.get(":" + Spectrum.WANTED)) {
      double[] flat = smallest.toDoubleArray();
      double[][] vectors = new double[Spectrum.WANTED][];
      for (int i = 0; i < Spectrum.WANTED; i++) {
        vectors[i] = Arrays.copyOfRange(flat, i * n, (i + 1) * n);
      }
      return Spectrum.trace(vectors, covariance, n);
    }
  }
}
