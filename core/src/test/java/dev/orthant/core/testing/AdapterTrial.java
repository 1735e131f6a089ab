package dev.orthant.core.testing;

import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.ConstrainedBasis;
import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.MatrixOps;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.Site;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One small layer with an adapter on it, a batch and a loss that is linear in the adapted product:
 * {@code sum(y * weights)}.
 */
final class AdapterTrial {

  static final int D_IN = 12;
  static final int D_OUT = 10;
  private static final int TOKENS = 6;
  private static final float STEP = 1 / 64f;
  private static final long DROPOUT_SEED = 7;

  final INDArray baseWeights; // [dOut, dIn]
  final INDArray bias; // [dOut], as [1, dOut]
  final INDArray x; // [tokens, dIn]
  final INDArray dy; // [tokens, dOut]
  private final Random random = new Random(1);

  AdapterTrial() {
    baseWeights = uniform(D_OUT, D_IN);
    bias = uniform(1, D_OUT);
    x = uniform(TOKENS, D_IN);
    dy = uniform(TOKENS, D_OUT);
  }

  /** An adapter as its factory makes it. */
  <C extends Record> Adapter fresh(
      AdapterFactory<C> factory, C config, long seed, @Nullable ConstrainedBasis basis) {
    AdapterSite site =
        AdapterSite.builder(new Site("layer.0.query", 0, D_IN, D_OUT), new Random(seed))
            .baseWeights(baseWeights::dup)
            .baseBias(bias.reshape(D_OUT).dup())
            .ownStatistics(RandomStatistics.of("own", D_IN, 11))
            .otherStatistics(others())
            .basis(basis)
            .build();
    return factory.create(config, site);
  }

  /** Gives all parameters that are trained random values. */
  Adapter shaken(Adapter adapter) {
    for (Parameter parameter : adapter.parameters()) {
      if (parameter.isTrainable()) {
        parameter.value().assign(uniform(parameter.value().shape()));
      }
    }
    return adapter;
  }

  /** Orthonormal random rows, never to change. */
  ConstrainedBasis frozenBasis(int rank) {
    INDArray rows = RandomStatistics.orthonormalRows(rank, D_IN, 5);
    return new ConstrainedBasis(rows, new Hold.Frozen());
  }

  AdapterPass pass(MatrixOps ops, boolean training) {
    return new AdapterPass(ops, training, DROPOUT_SEED);
  }

  /** What the frozen layer makes of a batch. */
  INDArray base(INDArray input) {
    return product(input, baseWeights);
  }

  /** {@code input * (W + delta)' + bias}, in double precision. */
  INDArray merged(INDArray input, INDArray delta) {
    return product(input, baseWeights.add(delta));
  }

  INDArray forward(Adapter adapter, AdapterPass pass, INDArray input) {
    INDArray y = Nd4j.valueArrayOf(new long[] {input.size(0), D_OUT}, Float.NaN);
    adapter.forward(pass, input, base(input), y);
    return y;
  }

  /** What the frozen layer adds to the gradient of the input, after a forward pass. */
  INDArray baseInputGradient(Adapter adapter, AdapterPass pass) {
    return adapter
        .baseGradient(pass, dy)
        .castTo(DataType.DOUBLE)
        .mmul(baseWeights.castTo(DataType.DOUBLE))
        .castTo(DataType.FLOAT)
        .dup('c');
  }

  /** The gradient of the loss by central differences in every element of an array. */
  INDArray numericGradient(INDArray array, Adapter adapter, MatrixOps ops, boolean training) {
    float[] weights = dy.data().asFloat();
    DoubleSupplier loss =
        () -> {
          float[] y = forward(adapter, pass(ops, training), x).data().asFloat();
          double sum = 0;
          for (int j = 0; j < y.length; j++) {
            sum += (double) y[j] * weights[j];
          }
          return sum;
        };
    INDArray gradient = Nd4j.zeros(DataType.FLOAT, array.shape());
    for (long i = 0; i < array.length(); i++) {
      float value = array.getFloat(i);
      array.putScalar(i, value + STEP);
      double above = loss.getAsDouble();
      array.putScalar(i, value - STEP);
      double below = loss.getAsDouble();
      array.putScalar(i, value);
      double width = (double) (value + STEP) - (double) (value - STEP);
      gradient.putScalar(i, (above - below) / width);
    }
    return gradient;
  }

  INDArray uniform(long... shape) {
    INDArray array = Nd4j.zeros(DataType.FLOAT, shape);
    for (long i = 0; i < array.length(); i++) {
      array.putScalar(i, random.nextFloat() - 0.5f);
    }
    return array;
  }

  private static List<FeatureStatistics> others() {
    return List.of(RandomStatistics.of("first", D_IN, 12), RandomStatistics.of("second", D_IN, 13));
  }

  private INDArray product(INDArray input, INDArray weights) {
    float[] in = input.data().asFloat();
    float[] w = weights.data().asFloat();
    float[] b = bias.data().asFloat();
    float[] out = new float[in.length / D_IN * D_OUT];
    for (int i = 0; i < out.length; i++) {
      double sum = b[i % D_OUT];
      for (int k = 0; k < D_IN; k++) {
        sum += (double) in[i / D_OUT * D_IN + k] * w[i % D_OUT * D_IN + k];
      }
      out[i] = (float) sum;
    }
    return Nd4j.createFromArray(out).reshape('c', input.size(0), D_OUT);
  }
}
