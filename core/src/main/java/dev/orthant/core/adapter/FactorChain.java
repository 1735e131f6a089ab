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
 * <p>All factors but the first are multiplied first, once a pass instead of once a token, so that a
 * mixer costs next to nothing. With x [n, dIn] the input of the layer,
 *
 * <pre>
 *   P_2 = F_2,  P_i = F_i P_(i-1)
 *   h   = dropout(x) F_1'
 *   y   = base + scaling * h P_k'
 * </pre>
 *
 * <p>and for the gradients
 *
 * <pre>
 *   G_k   = scaling * dy' h                   the gradient of P_k
 *   dF_i += G_i P_(i-1)', G_(i-1) = F_i' G_i  for i = k, ..., 3;  dF_2 += G_2
 *   g     = scaling * dy P_k
 *   dF_1 += g' dropout(x)
 *   dx   += dropout'(g F_1)
 * </pre>
 *
 * <p>Nothing is computed for factors that are not trainable, unless what lies below wants it. All
 * arrays of a pass are the context's scratch buffers.
 */
public final class FactorChain {

  private static final String DROPPED = "dropped";
  private static final String HIDDEN = "hidden";
  private static final String GRADIENT = "gradient";
  private static final String INPUT_GRADIENT = "input_gradient";

  private final List<Parameter> factors; // [d_1, dIn], [d_2, d_1], ..., [dOut, d_(k-1)]
  private final float scaling;
  private final float dropout;
  private final String[] productNames;
  private final String[] gradientNames;
  private final int lowestUpper; // the first factor but one, or after it, that is trainable

  /**
   * @param factors the factors in the order in which they are applied to x; at least two
   * @param scaling what the product is multiplied by
   * @param dropout the probability of zeroing an element of x while training, in [0, 1)
   * @throws ShapeMismatchException if a factor does not take what the one before it gives
   */
  public FactorChain(List<Parameter> factors, double scaling, double dropout) {
    this.factors = List.copyOf(factors);
    if (factors.size() < 2) {
      throw new IllegalArgumentException(
          "a chain needs at least two factors, was given " + factors.size());
    }
    requireFitting(this.factors);
    this.scaling = (float) scaling;
    this.dropout = (float) dropout;
    this.productNames = names("product_", factors.size());
    this.gradientNames = names("product_gradient_", factors.size());
    this.lowestUpper = lowestUpper(this.factors);
  }

  /** The factors, in the order in which they are applied. */
  public List<Parameter> factors() {
    return factors;
  }

  /** See {@link dev.orthant.core.spi.Adapter#forward}. */
  public void forward(AdapterContext context, INDArray x, INDArray base, INDArray y) {
    MatrixOps ops = context.ops();
    if (dropsOut(context)) {
      ops.dropout(x, dropout, context.dropoutSeed(), dropped(context, x));
    }
    INDArray hidden = hidden(context, x.size(0));
    ops.gemm(input(context, x), false, factors.get(0).value(), true, 1f, 0f, hidden);
    for (int i = 2; i < factors.size(); i++) {
      INDArray below = product(context, i - 1);
      ops.gemm(factors.get(i).value(), false, below, false, 1f, 0f, product(context, i));
    }
    if (y != base) {
      y.assign(base);
    }
    ops.gemm(hidden, false, product(context, factors.size() - 1), true, scaling, 1f, y);
  }

  /** See {@link dev.orthant.core.spi.Adapter#backward}. */
  public void backward(
      AdapterContext context, INDArray x, INDArray dy, INDArray dx, boolean needsInputGradient) {
    MatrixOps ops = context.ops();
    int last = factors.size() - 1;
    if (lowestUpper <= last) {
      upperGradients(context, dy, hidden(context, x.size(0)));
    }
    Parameter first = factors.get(0);
    if (!first.isTrainable() && !needsInputGradient) {
      return;
    }
    INDArray g = context.scratch(GRADIENT, x.size(0), first.value().size(0)); // [n, d_1]
    ops.gemm(dy, false, product(context, last), false, scaling, 0f, g);
    if (first.isTrainable()) {
      ops.gemm(g, true, input(context, x), false, 1f, 1f, first.gradient());
    }
    if (needsInputGradient) {
      addInputGradient(context, g, dx);
    }
  }

  /** Adds to the gradients of all factors but the first. */
  private void upperGradients(AdapterContext context, INDArray dy, INDArray hidden) {
    MatrixOps ops = context.ops();
    int last = factors.size() - 1;
    if (last == 1) {
      ops.gemm(dy, true, hidden, false, scaling, 1f, factors.get(1).gradient());
      return;
    }
    INDArray g = productGradient(context, last);
    ops.gemm(dy, true, hidden, false, scaling, 0f, g);
    for (int i = last; i >= lowestUpper; i--) {
      Parameter factor = factors.get(i);
      if (i == 1) {
        ops.axpy(1f, g, factor.gradient());
        return;
      }
      if (factor.isTrainable()) {
        ops.gemm(g, false, product(context, i - 1), true, 1f, 1f, factor.gradient());
      }
      if (i > lowestUpper) {
        INDArray below = productGradient(context, i - 1);
        ops.gemm(factor.value(), true, g, false, 1f, 0f, below);
        g = below;
      }
    }
  }

  private void addInputGradient(AdapterContext context, INDArray g, INDArray dx) {
    MatrixOps ops = context.ops();
    INDArray first = factors.get(0).value();
    if (!dropsOut(context)) {
      ops.gemm(g, false, first, false, 1f, 1f, dx);
      return;
    }
    INDArray masked = context.scratch(INPUT_GRADIENT, dx.shape()); // [n, dIn]
    ops.gemm(g, false, first, false, 1f, 0f, masked);
    ops.dropout(masked, dropout, context.dropoutSeed(), masked);
    ops.axpy(1f, masked, dx);
  }

  private boolean dropsOut(AdapterContext context) {
    return dropout > 0f && context.training();
  }

  /** What the first factor is applied to. */
  private INDArray input(AdapterContext context, INDArray x) {
    return dropsOut(context) ? dropped(context, x) : x;
  }

  private static INDArray dropped(AdapterContext context, INDArray x) {
    return context.scratch(DROPPED, x.shape());
  }

  /** What the first factor gives, [n, d_1]. */
  private INDArray hidden(AdapterContext context, long n) {
    return context.scratch(HIDDEN, n, factors.get(0).value().size(0));
  }

  /** The product of the factors from the second to this one, [d_i, d_1]. */
  private INDArray product(AdapterContext context, int i) {
    return i == 1 ? factors.get(1).value() : upper(context, productNames[i], i);
  }

  private INDArray productGradient(AdapterContext context, int i) {
    return upper(context, gradientNames[i], i);
  }

  private INDArray upper(AdapterContext context, String name, int i) {
    return context.scratch(name, factors.get(i).value().size(0), factors.get(0).value().size(0));
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

  private static int lowestUpper(List<Parameter> factors) {
    int i = 1;
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
