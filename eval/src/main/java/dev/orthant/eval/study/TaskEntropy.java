package dev.orthant.eval.study;

import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.Head;
import dev.orthant.core.nn.MixtureAdapter;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.nn.SequenceClassifier;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.spi.TrialModel.Slope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The entropy of one task's predictions as a function of the deltas' coefficients. */
final class TaskEntropy implements AutoCloseable {

  private final Map<String, MixtureAdapter> mixtures = new LinkedHashMap<>();
  private final SequenceClassifier model;
  private final BatchSequence batches;
  private final Pass pass;

  /**
   * @param kernels of one thread
   * @param deltas by module, one an input
   */
  TaskEntropy(
      Kernels kernels,
      Transformer encoder,
      Head head,
      Map<String, ? extends List<? extends Delta>> deltas,
      BatchSequence batches) {
    deltas.forEach((module, taus) -> mixtures.put(module, new MixtureAdapter(taus)));
    this.model = new SequenceClassifier(encoder, head);
    this.batches = batches;
    this.pass = new Pass(kernels, new AdapterSet(new LinkedHashMap<>(mixtures)));
  }

  /** On the batch of a step; coefficients and gradients by module. */
  Slope at(Map<String, double[]> coefficients, int step) {
    mixtures.forEach(
        (module, mixture) -> {
          double[] values = coefficients.getOrDefault(module, new double[0]);
          for (int i = 0; i < values.length; i++) {
            mixture.lambda().value().putScalar(i, values[i]);
          }
          mixture.lambda().gradient().assign(0);
        });
    pass.training(true, step);
    double entropy = model.entropyAndGradients(pass, batches.at(step));
    Map<String, double[]> gradient = new LinkedHashMap<>();
    mixtures.forEach(
        (module, mixture) -> {
          INDArray values = mixture.lambda().gradient();
          gradient.put(module, values.toDoubleVector());
        });
    return new Slope(entropy, gradient);
  }

  @Override
  public void close() {
    pass.close();
  }
}
