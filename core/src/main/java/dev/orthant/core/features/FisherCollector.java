package dev.orthant.core.features;

import dev.orthant.core.features.FisherInformation.Kind;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.nn.GradientProbe;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.nn.SequenceClassifier;
import dev.orthant.core.text.Batch;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Sums up squared gradients of weights while a classifier runs, batch by batch.
 *
 * <p>Sequences of a batch do not see each other, so one backward pass a class gives the gradients
 * of all examples: those of an example are made of its own rows, {@code dW = sum_t dy_t x_t'} over
 * its tokens t. With {@code sqrt(p(y|x))} in front of the gradient its square has the weight of the
 * expectation. Squares are summed in single precision, which costs no digits that matter: they have
 * one sign.
 *
 * <p>Labels are not asked for. For use by one thread; {@link #close} frees the buffers.
 */
public final class FisherCollector implements AutoCloseable {

  private final SequenceClassifier model;
  private final Kind kind;
  private final Kernels kernels;
  private final Pass pass;
  private final Map<String, INDArray> squares = new LinkedHashMap<>(); // [dOut, dIn]
  private final Map<Long, INDArray> gradients = new LinkedHashMap<>(); // by dOut << 32 | dIn
  private int[] offsets = {};
  private int examples;
  private int batchSize = 1;

  /**
   * A collector of nothing yet.
   *
   * @param model the expert: an encoder with the adapter in it, and its head
   * @param modules the modules whose weights' information is asked for
   * @throws IllegalArgumentException for the batch sum of a regression, which would need labels
   */
  public FisherCollector(
      SequenceClassifier model, Kind kind, Collection<String> modules, Kernels kernels) {
    if (modules.isEmpty()) {
      throw new IllegalArgumentException("no modules to collect Fisher information at");
    }
    if (kind == Kind.BATCH_SUM && model.head().outputs() == 1) {
      throw new IllegalArgumentException(
          "the batch sum is defined for classes, the head has one output; take exact information");
    }
    this.model = model;
    this.kind = kind;
    this.kernels = kernels;
    this.pass = new Pass(kernels, GradientProbe.at(modules, this::add));
    for (String module : modules) {
      squares.put(module, Nd4j.zeros(DataType.FLOAT, model.encoder().baseWeights(module).shape()));
    }
  }

  /** Adds the examples of one batch. */
  public void add(Batch batch) {
    offsets = kind == Kind.EXACT ? batch.offsets() : new int[] {0, batch.tokens()};
    pass.training(true, 0);
    INDArray logits = model.logits(pass, batch);
    int outputs = (int) logits.size(1);
    float[] values = logits.dup('c').data().asFloat();
    if (outputs == 1) {
      backward(batch, filled(values.length, 1));
    } else if (kind == Kind.EXACT) {
      for (int label = 0; label < outputs; label++) {
        backward(batch, LogProbability.weightedGradients(values, outputs, label));
      }
    } else {
      backward(batch, LogProbability.summedGradients(values, outputs));
    }
    examples += batch.size();
    batchSize = kind == Kind.EXACT ? 1 : Math.max(batchSize, batch.size());
  }

  /** The information of all batches so far. */
  public FisherInformation information(String task, FisherInformation.Source source) {
    Map<String, INDArray> means = new LinkedHashMap<>();
    squares.forEach((module, sum) -> means.put(module, sum.mul(1.0 / Math.max(1, examples))));
    return new FisherInformation(task, source, kind, examples, batchSize, means);
  }

  @Override
  public void close() {
    pass.close();
  }

  private void backward(Batch batch, float[] gradient) {
    INDArray dLogits =
        pass.buffer("head.logits_gradient", batch.size(), gradient.length / batch.size());
    dLogits.assign(Nd4j.createFromArray(gradient).reshape('c', dLogits.shape()));
    model.backward(pass, batch, dLogits);
  }

  private void add(String module, INDArray x, INDArray dy) {
    long dOut = dy.size(1);
    long dIn = x.size(1);
    INDArray gradient =
        gradients.computeIfAbsent(
            dOut << Integer.SIZE | dIn, shape -> Nd4j.zeros(DataType.FLOAT, dOut, dIn));
    for (int i = 0; i + 1 < offsets.length; i++) {
      INDArray own = rows(dy, offsets[i], offsets[i + 1]);
      kernels.gemm(own, true, rows(x, offsets[i], offsets[i + 1]), false, 1f, 0f, gradient);
      squares.get(module).addi(gradient.muli(gradient));
    }
  }

  private static INDArray rows(INDArray array, int from, int to) {
    return from == 0 && to == array.size(0)
        ? array
        : array.get(NDArrayIndex.interval(from, to), NDArrayIndex.all());
  }

  private static float[] filled(int length, float value) {
    float[] values = new float[length];
    Arrays.fill(values, value);
    return values;
  }
}
