package dev.orthant.eval.benchmark;

import ai.djl.MalformedModelException;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * {@code torch.linalg.eigh} in double precision; it has no way to compute a part of the spectrum.
 * DJL does not offer it, but runs TorchScript: {@code eigh.pt} is {@code forward(self, x): return
 * torch.linalg.eigh(x)[1]}, scripted by PyTorch 1.13.
 */
final class LibtorchEigenvectors implements Side {

  private final int n;
  private final double[] covariance;
  private final NDManager manager = NDManager.newBaseManager("PyTorch");
  private final NDArray matrix;
  private final Predictor<NDList, NDList> eigh;

  LibtorchEigenvectors(int n, int threads) {
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    this.n = n;
    this.covariance = Spectrum.covariance(n);
    this.matrix = manager.create(covariance, new Shape(n, n));
    this.eigh = model().newPredictor();
  }

  @Override
  public double run() {
    try {
      NDList result = eigh.predict(new NDList(matrix));
      try (NDArray columns = result.singletonOrThrow(); // [n, n], ascending
          NDArray rows = columns.transpose();
          NDArray smallest = rows.get(":" + Spectrum.WANTED)) {
        double[] flat = smallest.toDoubleArray();
        double[][] vectors = new double[Spectrum.WANTED][];
        for (int i = 0; i < Spectrum.WANTED; i++) {
          vectors[i] = Arrays.copyOfRange(flat, i * n, (i + 1) * n);
        }
        return Spectrum.trace(vectors, covariance, n);
      }
    } catch (TranslateException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ZooModel<NDList, NDList> model() {
    try (InputStream in = LibtorchEigenvectors.class.getResourceAsStream("eigh.pt")) {
      Path folder = Files.createTempDirectory("eigh");
      Files.write(folder.resolve("eigh.pt"), in.readAllBytes());
      return Criteria.builder()
          .setTypes(NDList.class, NDList.class)
          .optModelPath(folder)
          .optModelName("eigh")
          .optEngine("PyTorch")
          .optTranslator(new NoopTranslator())
          .build()
          .loadModel();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ModelNotFoundException | MalformedModelException e) {
      throw new IllegalStateException(e);
    }
  }
}
