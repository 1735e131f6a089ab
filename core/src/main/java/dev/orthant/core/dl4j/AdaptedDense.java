package dev.orthant.core.dl4j;

import java.io.Serial;
import java.util.Arrays;
import java.util.Map;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An {@link AdaptedDenseLayer} at work. With n the number of rows,
 *
 * <pre>
 *   base = x W + b                         [n, nOut]
 *   y    = activation(adapter(x, base))
 *   dz   = dy * activation'(z)
 *   dx   = baseGradient(dz) W' + the adapter's share,   dW = db = 0
 * </pre>
 */
final class AdaptedDense extends DenseLayer {

  /*
   * A backward pass computes its forward pass again, as all of Deeplearning4j's dense layers do. The
   * adapter's scratch arrays then are those of this pass, whatever ran in between.
   */

  @Serial private static final long serialVersionUID = 1;

  private transient @Nullable SidePath side;

  AdaptedDense(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
  }

  @Override
  protected Pair<INDArray, INDArray> preOutputWithPreNorm(
      boolean training, boolean forBackprop, LayerWorkspaceMgr workspaces) {
    assertInputSet(forBackprop);
    applyDropOutIfNecessary(training, workspaces);
    INDArray w = getParam(DefaultParamInitializer.WEIGHT_KEY); // [nIn, nOut]
    INDArray x = rows(w);
    INDArray z =
        workspaces.createUninitialized(ArrayType.ACTIVATIONS, dataType, x.size(0), w.size(1));
    Nd4j.gemm(x, w, z, false, false, 1, 0);
    if (hasBias()) {
      z.addiRowVector(getParam(DefaultParamInitializer.BIAS_KEY));
    }
    side().forward(x, z, training, forBackprop);
    if (maskArray != null) {
      applyMask(z);
    }
    return new Pair<>(z, z);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    INDArray z = preOutputWithPreNorm(true, true, workspaces).getFirst();
    INDArray dz = rowMajor(layerConf().getActivationFn().backprop(z, epsilon).getFirst());
    if (maskArray != null) {
      applyMask(dz);
    }
    INDArray w = getParam(DefaultParamInitializer.WEIGHT_KEY);
    INDArray x = rows(w);
    INDArray dx =
        workspaces.createUninitialized(
            ArrayType.ACTIVATION_GRAD, dataType, new long[] {x.size(0), w.size(0)}, 'c');
    Nd4j.gemm(side().baseGradient(dz), w, dx, false, true, 1, 0);
    side().backward(x, dz, dx);
    return new Pair<>(trainedGradients(), backpropDropOutIfPresent(dx));
  }

  private Gradient trainedGradients() {
    Gradient gradients = new DefaultGradient();
    AdaptedDenseLayer layer = configuration();
    gradientViews.forEach(
        (key, view) -> {
          if (layer.trains(key)) {
            gradients.setGradientFor(key, view, 'c');
          }
        });
    return gradients;
  }

  /** The input [n, nIn] in the network's type, row-major. */
  private INDArray rows(INDArray w) {
    if (input.rank() != 2 || input.size(1) != w.size(0)) {
      throw new DL4JInvalidInputException(
          "input has shape %s, expected [n, %d] %s"
              .formatted(Arrays.toString(input.shape()), w.size(0), layerId()));
    }
    return rowMajor(input.castTo(dataType));
  }

  private static INDArray rowMajor(INDArray array) {
    boolean is = array.stride(1) == 1 && array.stride(0) == array.size(1);
    return is ? array : array.dup('c');
  }

  private SidePath side() {
    SidePath known = side;
    if (known == null) {
      known = new SidePath(configuration(), params, gradientViews, dataType, conf.getSeed());
      side = known;
    }
    return known;
  }

  private AdaptedDenseLayer configuration() {
    return (AdaptedDenseLayer) layerConf();
  }

  @Override
  public void setParamTable(Map<String, INDArray> table) {
    super.setParamTable(table);
    side = null;
  }

  @Override
  public void setBackpropGradientsViewArray(INDArray gradients) {
    super.setBackpropGradientsViewArray(gradients);
    side = null;
  }

  /** Overwrites all parameters; in the order in which they lie in the network's flat array. */
  @Override
  public void setParams(INDArray all) {
    if (all != paramsFlattened) {
      if (all.length() != paramsFlattened.length()) {
        throw new IllegalArgumentException(
            "layer has %d parameters, was given %d %s"
                .formatted(paramsFlattened.length(), all.length(), layerId()));
      }
      paramsFlattened.assign(all.reshape(paramsFlattened.shape()));
    }
  }
}
