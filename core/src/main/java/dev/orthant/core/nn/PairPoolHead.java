package dev.orthant.core.nn;

import dev.orthant.core.spi.Parameter;
import dev.orthant.core.text.Batch;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A linear layer on {@code [u; v; |u - v|]}, where u and v are the means of the hidden states of
 * the first and of the second text of a pair, for encoders without a pretrained pooler.
 *
 * <p>The features are those of Sentence-BERT's classifier (Reimers and Gurevych, 1908.10084); other
 * than there, the encoder reads both texts together, so each attends to the other. A mean over the
 * whole sequence would not tell which of the texts a state belongs to.
 */
public final class PairPoolHead implements Head {

  /** The name of this kind of head. */
  public static final String NAME = "pair-pool";

  private static final int PARTS = 3;

  private final Classifier classifier;
  private final int hidden;

  private PairPoolHead(Classifier classifier) {
    this.classifier = classifier;
    this.hidden = classifier.hidden() / PARTS;
    if (classifier.hidden() % PARTS != 0) {
      throw new IllegalArgumentException(
          "the weight of a %s head has three times the hidden size as columns, was %d"
              .formatted(NAME, classifier.hidden()));
    }
  }

  /**
   * A trained head.
   *
   * @param weight [outputs, 3 * hidden]; kept, not copied
   * @param bias [outputs]; kept, not copied
   */
  public PairPoolHead(INDArray weight, INDArray bias) {
    this(new Classifier(weight, bias));
  }

  /**
   * An untrained head: weights from N(0, 0.02^2), bias 0.
   *
   * @param hidden width of the hidden states
   */
  public static PairPoolHead fresh(int hidden, int outputs, RandomGenerator random) {
    return new PairPoolHead(Classifier.fresh(PARTS * hidden, outputs, random));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int outputs() {
    return classifier.outputs();
  }

  @Override
  public List<Parameter> parameters() {
    return classifier.parameters();
  }

  @Override
  public INDArray features(Pass pass, INDArray hiddenStates, Batch batch) {
    INDArray texts = texts(pass, batch);
    pass.kernels().meanPool(hiddenStates, textOffsets(batch), texts);
    float[] means = texts.dup('c').data().asFloat();
    float[] features = new float[batch.size() * PARTS * hidden];
    for (int i = 0; i < batch.size(); i++) {
      int from = 2 * i * hidden;
      int to = PARTS * i * hidden;
      System.arraycopy(means, from, features, to, 2 * hidden);
      for (int j = 0; j < hidden; j++) {
        features[to + 2 * hidden + j] = Math.abs(means[from + j] - means[from + hidden + j]);
      }
    }
    INDArray out = buffer(pass, batch, "head.pooled");
    return out.assign(Nd4j.createFromArray(features).reshape('c', out.shape()));
  }

  @Override
  public INDArray outputs(Pass pass, INDArray features) {
    return classifier.forward(pass, features);
  }

  @Override
  public void backward(Pass pass, Batch batch, INDArray dLogits, @Nullable INDArray dHidden) {
    INDArray pooled = buffer(pass, batch, "head.pooled");
    if (dHidden == null) {
      classifier.backward(pass, pooled, dLogits, null);
      return;
    }
    INDArray dPooled = buffer(pass, batch, "head.pooled_gradient");
    classifier.backward(pass, pooled, dLogits, dPooled);
    INDArray dTexts = pass.buffer("head.texts_gradient", 2L * batch.size(), hidden);
    dTexts.assign(
        Nd4j.createFromArray(textGradients(pooled, dPooled)).reshape('c', dTexts.shape()));
    pass.kernels().meanPoolGradient(dTexts, textOffsets(batch), dHidden);
  }

  /** du = d[0] + sign(u - v) d[2], dv = d[1] - sign(u - v) d[2], of each pair. */
  private float[] textGradients(INDArray pooled, INDArray dPooled) {
    float[] p = pooled.dup('c').data().asFloat();
    float[] d = dPooled.dup('c').data().asFloat();
    float[] texts = new float[d.length / PARTS * 2];
    for (int at = 0, to = 0; at < d.length; at += PARTS * hidden, to += 2 * hidden) {
      for (int j = 0; j < hidden; j++) {
        float s = Math.signum(p[at + j] - p[at + hidden + j]) * d[at + 2 * hidden + j];
        texts[to + j] = d[at + j] + s;
        texts[to + hidden + j] = d[at + hidden + j] - s;
      }
    }
    return texts;
  }

  private INDArray texts(Pass pass, Batch batch) {
    return pass.buffer("head.texts", 2L * batch.size(), hidden); // [2 * sequences, hidden]
  }

  private INDArray buffer(Pass pass, Batch batch, String name) {
    return pass.buffer(name, batch.size(), (long) PARTS * hidden); // [sequences, 3 * hidden]
  }

  /** Where each text of each pair begins: the second at the first token of type 1. */
  private static int[] textOffsets(Batch batch) {
    int[] offsets = new int[2 * batch.size() + 1];
    for (int i = 0; i < batch.size(); i++) {
      int end = batch.offsets()[i + 1];
      int second = batch.offsets()[i];
      while (second < end && batch.typeIds()[second] == 0) {
        second++;
      }
      if (second == end || second == batch.offsets()[i]) {
        throw new IllegalArgumentException(
            "sequence %d of the batch is not a pair of texts, which a %s head needs"
                .formatted(i, NAME));
      }
      offsets[2 * i + 1] = second;
      offsets[2 * i + 2] = end;
    }
    return offsets;
  }
}
