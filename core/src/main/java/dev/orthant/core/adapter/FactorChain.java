package dev.orthant.core.adapter;

import dev.orthant.core.spi.AdapterContext;
import dev.orthant.core.spi.MatrixOps;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.ShapeMismatchException;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The side path of an adapter whose delta is a scaled product of factors, {@code delta = scaling *
 * F_k ... F_2 F_1}: LoRA has the factors A and B, MoSLoRA A, mixer and B.
 *
 * <p>With x [n, dIn] the input of the layer,
 *
 * <pre>
 *   h_0 = dropout(x)
 *   h_i = h_(i-1) F_i'
 *   y   = base + scaling * h_(k-1) F_k'
 * </pre>
 *
 * and for the gradients, with g_k = scaling * dy,
 *
 * <pre>
 *   dF_i   += g_i' h_(i-1)
 *   g_(i-1) = g_i F_i
 *   dx     += dropout'(g_0)
 * </pre>
 *
 * <p>Nothing is computed for factors that are not trainable, nor below the lowest one that is
 * unless the input's gradient is wanted. All arrays of a pass are the context's scratch buffers.
 */
public final class FactorChain {

  private static final String DROPPED = "dropped";
  private static final String INPUT_GRADIENT = "input_gradient";

  private final List<Parameter> factors; // [d_1, dIn], [d_2, d_1], ..., [dOut, d_(k-1)]
  private final float scaling;
  private final float dropout;
  private final String[] hiddenNames;
  private final String[] gradientNames;
  private final int lowestTrainable;

  /**
   * @param factors the factors in the order in which they are applied to x; at least one
   * @param scaling what the product is multiplied by
   * @param dropout the probability of zeroing an element of x while training, in [0, 1)
   * @throws ShapeMismatchException if a factor does not take what the one before it gives
   */
  public FactorChain(List<Parameter> factors, double scaling, double dropout) {
    this.factors = List.copyOf(factors);
    if (factors.isEmpty()) {
      throw new IllegalArgumentException("a chain needs at least one factor");
    }
    requireFitting(this.factors);
    this.scaling = (float) scaling;
    this.dropout = (float) dropout;
    this.hiddenNames = names("hidden_", factors.size());
    this.gradientNames = names("gradient_", factors.size());
    this.lowestTrainable = lowestTrainable(this.factors);
  }

  /** The factors, in the order in which they are applied. */
  public List<Parameter> factors() {
    return factors;
  }

  /** See {@link dev.orthant.core.spi.Adapter#forward}. */
  public void forward(AdapterContext context, INDArray x, INDArray base, INDArray y) {
    MatrixOps ops = context.ops();
    INDArray h = dropsOut(context) ? dropped(context, x) : x; // [n, dIn]
    if (h != x) {
      ops.dropout(x, dropout, context.dropoutSeed(), h);
    }
    int last = factors.size() - 1;
    for (int i = 0; i < last; i++) {
      INDArray next = hidden(context, i, x.size(0)); // [n, d_i]
      ops.gemm(h, false, factors.get(i).value(), true, 1f, 0f, next);
      h = next;
    }
    if (y != base) {
      y.assign(base);
    }
    ops.gemm(h, false, factors.get(last).value(), true, scaling, 1f, y);
  }

  /** See {@link dev.orthant.core.spi.Adapter#backward}. */
  public void backward(
      AdapterContext context, INDArray x, INDArray dy, INDArray dx, boolean needsInputGradient) {
    MatrixOps ops = context.ops();
    int lowest = needsInputGradient ? 0 : lowestTrainable;
    INDArray g = dy; // gradient of what factor i gives, but for the scale
    float scale = scaling;
    for (int i = factors.size() - 1; i >= lowest; i--) {
      Parameter factor = factors.get(i);
      if (factor.isTrainable()) {
        ops.gemm(g, true, input(context, i, x), false, scale, 1f, factor.gradient());
      }
      if (i > lowest) {
        INDArray below = gradient(context, i - 1, x.size(0)); // [n, d_(i-1)]
        ops.gemm(g, false, factor.value(), false, scale, 0f, below);
        g = below;
        scale = 1f;
      }
    }
    if (needsInputGradient) {
      addInputGradient(context, g, scale, dx);
    }
  }

  private void addInputGradient(AdapterContext context, INDArray g, float scale, INDArray dx) {
    MatrixOps ops = context.ops();
    INDArray first = factors.get(0).value();
    if (!dropsOut(context)) {
      ops.gemm(g, false, first, false, scale, 1f, dx);
      return;
    }
    INDArray masked = context.scratch(INPUT_GRADIENT, dx.shape()); // [n, dIn]
    ops.gemm(g, false, first, false, scale, 0f, masked);
    ops.dropout(masked, dropout, context.dropoutSeed(), masked);
    ops.axpy(1f, masked, dx);
  }

  private boolean dropsOut(AdapterContext context) {
    return dropout > 0f && context.training();
  }

  /** What factor i was applied to in the forward pass. */
  private INDArray input(AdapterContext context, int i, INDArray x) {
    if (i > 0) {
      return hidden(context, i - 1, x.size(0));
    }
    return dropsOut(context) ? dropped(context, x) : x;
  }

  private static INDArray dropped(AdapterContext context, INDArray x) {
    return context.scratch(DROPPED, x.shape());
  }

  private INDArray hidden(AdapterContext context, int i, long n) {
    return context.scratch(hiddenNames[i], n, factors.get(i).value().size(0));
  }

  private INDArray gradient(AdapterContext context, int i, long n) {
    return context.scratch(gradientNames[i], n, factors.get(i).value().size(0));
  }

  private static void requireFitting(List<Parameter> factors) {
    for (int i = 1; i < factors.size(); i++) {
      INDArray factor = factors.get(i).value();
      long[] expected = {factor.size(0), factors.get(i - 1).value().size(0)};
      if (factor.size(1) != expected[1]) {
        throw new ShapeMismatchException(factors.get(i).name(), expected, factor.shape());
      }
    }
  }

  private static int lowestTrainable(List<Parameter> factors) {
    int i = 0;
    while (i < factors.size() && !factors.get(i).isTrainable()) {
      i++;
    }
    return i;
  }

  private static String[] names(String prefix, int count) {
    String[] names = new String[count];
    for (int i = 0; i < count; i++) {
      names[i] = prefix + i;
    }
    return names;
  }
}
