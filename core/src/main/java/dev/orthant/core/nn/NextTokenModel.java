package dev.orthant.core.nn;

import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.TokenRows;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A transformer that is asked at each token what comes next: a causal decoder of the batch itself,
 * or the decoder beside an encoder of the batch's target.
 *
 * <p>Scores are computed of the rows that have a label only, and of so many at a time that they
 * take some megabytes, however large the vocabulary is; their gradients overwrite them.
 */
public final class NextTokenModel {

  /** The label of a token whose successor does not count. */
  public static final int IGNORED = TokenRows.IGNORED;

  private static final int SCORES = 1 << 22; // computed at a time: 16 MB

  private final int scores;
  private final Transformer transformer;
  private final TokenOutput output;

  /**
   * @param transformer frozen but for the adapters of the pass
   * @throws IllegalArgumentException if it scores no tokens
   */
  public NextTokenModel(Transformer transformer) {
    this(transformer, SCORES);
  }

  /**
   * @param scores how many are computed at a time, in whole rows
   */
  NextTokenModel(Transformer transformer, int scores) {
    this.scores = scores;
    this.transformer = transformer;
    this.output =
        transformer
            .output()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the model has no output over its vocabulary (lm_head), which a language model needs"));
  }

  /** The transformer. */
  public Transformer transformer() {
    return transformer;
  }

  /**
   * Runs forward and backward and adds to the gradients of the adapters.
   *
   * @param pass in training mode
   * @param labels [decoded tokens], the token that follows each, or {@link #IGNORED}
   * @param lossScale what the gradients are multiplied by
   * @return the mean over the labels that count of {@code -log p(label)}, in nats, not scaled
   * @throws IllegalStateException if the pass is not in training mode
   * @throws IllegalArgumentException if no label counts, or one is not in the vocabulary
   */
  public double lossAndGradients(Pass pass, Batch batch, float[] labels, float lossScale) {
    if (!pass.isTraining()) {
      throw new IllegalStateException("gradients need a pass in training mode");
    }
    int[] rows = counted(batch, labels);
    Kernels kernels = pass.kernels();
    INDArray hidden = transformer.forward(pass, batch);
    INDArray dHidden = pass.buffer("next.hidden_gradient", hidden.shape());
    INDArray dRows = pass.buffer("next.rows_gradient", rows.length, hidden.size(1));
    double loss = 0;
    for (int from = 0; from < rows.length; from += chunk()) {
      int[] some = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + chunk()));
      INDArray x = pass.buffer("next.rows", some.length, hidden.size(1));
      kernels.takeRows(hidden, some, x);
      INDArray scores = output.forward(pass, x);
      double share = (double) some.length / rows.length;
      loss +=
          share
              * kernels.crossEntropy(
                  scores, labels(labels, some), (float) (lossScale * share), scores);
      INDArray dx = pass.buffer("next.chunk_gradient", some.length, hidden.size(1));
      output.backward(pass, x, scores, dx);
      rows(dRows, from, some.length).assign(dx);
    }
    kernels.takeRowsGradient(dRows, rows, dHidden);
    transformer.backward(pass, batch, dHidden);
    return loss;
  }

  /**
   * The natural logarithm of the probability of each label.
   *
   * @param labels [decoded tokens], the token that follows each, or {@link #IGNORED}
   * @return [decoded tokens], 0 where nothing counts
   */
  public double[] logProbabilities(Pass pass, Batch batch, float[] labels) {
    int[] rows = counted(batch, labels);
    INDArray hidden = transformer.forward(pass, batch);
    double[] logs = new double[labels.length];
    for (int from = 0; from < rows.length; from += chunk()) {
      int[] some = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + chunk()));
      float[][] scores = scores(pass, hidden, some);
      for (int i = 0; i < some.length; i++) {
        logs[some[i]] = LogSoftmax.of(scores[i], (int) labels[some[i]]);
      }
    }
    return logs;
  }

  /**
   * The scores of what comes after each sequence, before any softmax. With a cache in the pass, the
   * batch goes on where the sequences that it knows end.
   *
   * @return [sequences][vocabulary]
   */
  public float[][] next(Pass pass, Batch batch) {
    INDArray hidden = transformer.forward(pass, batch);
    int[] rows = batch.decoded().lastRows();
    float[][] all = new float[rows.length][];
    for (int from = 0; from < rows.length; from += chunk()) {
      int[] some = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + chunk()));
      System.arraycopy(scores(pass, hidden, some), 0, all, from, some.length);
    }
    return all;
  }

  private float[][] scores(Pass pass, INDArray hidden, int[] rows) {
    INDArray x = pass.buffer("next.rows", rows.length, hidden.size(1));
    pass.kernels().takeRows(hidden, rows, x);
    float[] flat = output.forward(pass, x).dup('c').data().asFloat();
    float[][] scores = new float[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      scores[i] = Arrays.copyOfRange(flat, i * vocabulary(), (i + 1) * vocabulary());
    }
    return scores;
  }

  private int vocabulary() {
    return output.vocabulary();
  }

  private int chunk() {
    return Math.max(1, scores / vocabulary());
  }

  private static INDArray rows(INDArray matrix, int from, int count) {
    return matrix.get(NDArrayIndex.interval(from, from + count), NDArrayIndex.all());
  }

  private static float[] labels(float[] labels, int[] rows) {
    float[] chosen = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      chosen[i] = labels[rows[i]];
    }
    return chosen;
  }

  /** The rows whose labels count. */
  private int[] counted(Batch batch, float[] labels) {
    if (labels.length != batch.decoded().tokens()) {
      throw new IllegalArgumentException(
          "%d labels do not fit %d tokens".formatted(labels.length, batch.decoded().tokens()));
    }
    int[] rows = new int[labels.length];
    int count = 0;
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] != IGNORED) {
        if (!(labels[i] >= 0 && labels[i] < vocabulary())) {
          throw new IllegalArgumentException(
              "label %s is not one of %d tokens".formatted(labels[i], vocabulary()));
        }
        rows[count++] = i;
      }
    }
    if (count == 0) {
      throw new IllegalArgumentException("no token of the batch has a label that counts");
    }
    return Arrays.copyOf(rows, count);
  }
}
