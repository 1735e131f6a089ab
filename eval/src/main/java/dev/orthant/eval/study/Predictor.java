package dev.orthant.eval.study;

import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.BertEncoder;
import dev.orthant.core.nn.FeatureListener;
import dev.orthant.core.nn.Head;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.nn.SequenceClassifier;
import dev.orthant.core.progress.Interruption;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.BatchOrder;
import dev.orthant.core.text.LabelledRows;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

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
  float[][] logits(BertEncoder encoder, AdapterSet adapters, Head head, LabelledRows rows) {
    SequenceClassifier classifier = new SequenceClassifier(encoder, head);
    return run(adapters, rows, (pass, batch) -> classifier.logits(pass, batch));
  }

  /** What a head reads [rows, features] of the encoder as it is. */
  float[][] features(BertEncoder encoder, Head head, LabelledRows rows) {
    return run(
        AdapterSet.none(),
        rows,
        (pass, batch) -> head.features(pass, encoder.forward(pass, batch), batch));
  }

  /** Shows a listener what the encoder as it is feeds its linear layers. */
  void observe(BertEncoder encoder, LabelledRows rows, FeatureListener listener) {
    try (Pass pass = new Pass(kernels, AdapterSet.none())) {
      pass.listener(listener);
      for (int[] indices : BatchOrder.evaluation(rows, batchSize)) {
        interruption.check();
        encoder.forward(pass, rows.batch(indices));
      }
    }
  }

  private float[][] run(AdapterSet adapters, LabelledRows rows, Step step) {
    float[][] outputs = new float[rows.size()][];
    try (Pass pass = new Pass(kernels, adapters)) {
      for (int[] indices : BatchOrder.evaluation(rows, batchSize)) {
        interruption.check();
        INDArray out = step.run(pass, rows.batch(indices));
        int width = (int) out.size(1);
        float[] flat = out.dup('c').data().asFloat();
        for (int i = 0; i < indices.length; i++) {
          outputs[indices[i]] = Arrays.copyOfRange(flat, i * width, (i + 1) * width);
        }
      }
    }
    return outputs;
  }

  private interface Step {
    INDArray run(Pass pass, Batch batch);
  }
}
