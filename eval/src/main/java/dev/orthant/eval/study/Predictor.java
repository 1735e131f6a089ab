package dev.orthant.eval.study;

import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.FeatureListener;
import dev.orthant.core.nn.Head;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.nn.SequenceClassifier;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.progress.Interruption;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.BatchOrder;
import dev.orthant.core.text.TrainingRows;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs models over rows without training. */
final class Predictor {

  private final Kernels kernels;
  private final int batchSize;
  private final Interruption interruption;

  Predictor(Kernels kernels, int batchSize, Interruption interruption) {
    this.kernels = kernels;
    this.batchSize = batchSize;
    this.interruption = interruption;
  }

  /** The logits [rows, outputs], in the order of the rows. */
  float[][] logits(Transformer encoder, AdapterSet adapters, Head head, TrainingRows rows) {
    SequenceClassifier classifier = new SequenceClassifier(encoder, head);
    return run(adapters, rows, (pass, batch) -> classifier.logits(pass, batch));
  }

  /** What a head reads [rows, features] of the encoder as it is. */
  float[][] features(Transformer encoder, Head head, TrainingRows rows) {
    return run(
        AdapterSet.none(),
        rows,
        (pass, batch) -> head.features(pass, encoder.forward(pass, batch), batch));
  }

  /** What a head makes [rows, outputs] of what it reads [rows, features]. */
  float[][] outputs(Head head, float[][] features) {
    try (Pass pass = new Pass(kernels, AdapterSet.none())) {
      return rows(head.outputs(pass, Nd4j.createFromArray(features)));
    }
  }

  /** Shows a listener what the encoder as it is feeds its linear layers. */
  void observe(Transformer encoder, TrainingRows rows, FeatureListener listener) {
    try (Pass pass = new Pass(kernels, AdapterSet.none())) {
      pass.listener(listener);
      for (int[] indices : BatchOrder.evaluation(rows, batchSize)) {
        interruption.check();
        encoder.forward(pass, rows.batch(indices));
      }
    }
  }

  private float[][] run(AdapterSet adapters, TrainingRows rows, Step step) {
    float[][] outputs = new float[rows.size()][];
    try (Pass pass = new Pass(kernels, adapters)) {
      for (int[] indices : BatchOrder.evaluation(rows, batchSize)) {
        interruption.check();
        INDArray out = step.run(pass, rows.batch(indices));
        float[][] made = rows(out);
        for (int i = 0; i < indices.length; i++) {
          outputs[indices[i]] = made[i];
        }
      }
    }
    return outputs;
  }

  private static float[][] rows(INDArray array) {
    int width = (int) array.size(1);
    float[] flat = array.dup('c').data().asFloat();
    float[][] rows = new float[(int) array.size(0)][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOfRange(flat, i * width, (i + 1) * width);
    }
    return rows;
  }

  private interface Step {
    INDArray run(Pass pass, Batch batch);
  }
}
