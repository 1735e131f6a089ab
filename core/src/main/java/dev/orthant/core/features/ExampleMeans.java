package dev.orthant.core.features;

import dev.orthant.core.nn.FeatureListener;
import dev.orthant.core.text.Batch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Shows another listener the mean features of each example of a batch, instead of its tokens'. */
public final class ExampleMeans implements FeatureListener {

  private final FeatureListener listener;
  private @Nullable Batch batch;

  /**
   * @param listener is shown [examples, dIn]
   */
  public ExampleMeans(FeatureListener listener) {
    this.listener = listener;
  }

  @Override
  public void begin(Batch begun) {
    batch = begun;
  }

  @Override
  public void input(String module, INDArray x) {
    Batch current = batch;
    if (current == null) {
      throw new IllegalStateException("features before a pass began, module '" + module + "'");
    }
    int[] offsets = current.offsets();
    int d = (int) x.size(1);
    float[] tokens = x.dup('c').data().asFloat(); // [tokens, d]
    float[] means = new float[(offsets.length - 1) * d];
    double[] sum = new double[d];
    for (int i = 0; i + 1 < offsets.length; i++) {
      Arrays.fill(sum, 0);
      for (int token = offsets[i]; token < offsets[i + 1]; token++) {
        for (int j = 0; j < d; j++) {
          sum[j] += tokens[token * d + j];
        }
      }
      for (int j = 0; j < d; j++) {
        means[i * d + j] = (float) (sum[j] / (offsets[i + 1] - offsets[i]));
      }
    }
    listener.input(module, Nd4j.createFromArray(means).reshape('c', offsets.length - 1, d));
  }
}
