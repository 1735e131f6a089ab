package dev.orthant.core.kernel;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The weights and the bias of a linear layer that does not change, so that products may read them
 * in an order of their own: kernels keep packed copies here, made at the first product that wants
 * one.
 *
 * <p>Can be shared by passes on several threads.
 */
public final class FrozenLinear implements AutoCloseable {

  private final @Nullable INDArray weight; // [dOut, dIn], or
  private final @Nullable HalfMatrix half; // the same in bfloat16
  private final @Nullable INDArray bias; // [dOut]
  private final boolean owned;
  private final @Nullable PackedWeight[] packed = new PackedWeight[PackedWeight.Form.COUNT];

  private FrozenLinear(
      @Nullable INDArray weight,
      @Nullable HalfMatrix half,
      @Nullable INDArray bias,
      boolean owned) {
    this.weight = weight;
    this.half = half;
    this.bias = bias;
    this.owned = owned;
  }

  /**
   * A layer whose arrays somebody else may hold too.
   *
   * @param weight [dOut, dIn], not to be modified afterwards
   * @param bias [dOut], not to be modified afterwards; null for none
   */
  public static FrozenLinear of(INDArray weight, @Nullable INDArray bias) {
    return new FrozenLinear(requireNonNull(weight, "weight"), null, bias, false);
  }

  /**
   * A layer whose weights are kept in bfloat16, half the memory: rounded if they have more digits.
   * Products in single precision widen them block by block.
   *
   * @param weight [dOut, dIn], not kept
   * @param bias [dOut], not to be modified afterwards; null for none
   */
  public static FrozenLinear half(INDArray weight, @Nullable INDArray bias) {
    return new FrozenLinear(null, HalfMatrix.of(weight), bias, false);
  }

  /** Whether the weights are kept in bfloat16. */
  public boolean isHalf() {
    return half != null;
  }

  /** See {@link #isHalf}. */
  @Nullable HalfMatrix half() {
    return half;
  }

  /** The number of columns of its results, dOut. */
  public int outputs() {
    return weight == null ? requireNonNull(half).rows() : (int) weight.size(0);
  }

  /** The number of columns of its inputs, dIn. */
  public int inputs() {
    return weight == null ? requireNonNull(half).columns() : (int) weight.size(1);
  }

  /**
   * The same bias with other weights, which {@link #close} will free.
   *
   * @param newWeight [dOut, dIn], not to be used by anybody else afterwards
   */
  public FrozenLinear withWeight(INDArray newWeight) {
    return new FrozenLinear(requireNonNull(newWeight, "newWeight"), null, bias, true);
  }

  /** The weights, [dOut, dIn]; not to be modified. A fresh array if they are kept in bfloat16. */
  public INDArray weight() {
    return weight == null ? requireNonNull(half).widened() : weight;
  }

  /** The bias, [dOut]; not to be modified. */
  public @Nullable INDArray bias() {
    return bias;
  }

  /**
   * Frees the packed copies, and the weights too if they are this layer's own. Otherwise a later
   * product packs anew. No product may be using them.
   */
  @Override
  public void close() {
    synchronized (packed) {
      for (int i = 0; i < packed.length; i++) {
        PackedWeight old = packed[i];
        if (old != null) {
          old.close();
          packed[i] = null;
        }
      }
    }
    if (owned && weight != null && weight.closeable()) {
      weight.close();
    }
  }

  /** The packed copy of this form, made if there is none yet. */
  PackedWeight packed(PackedWeight.Form form, OneDnn library) {
    synchronized (packed) {
      PackedWeight made = packed[form.slot()];
      if (made == null) {
        INDArray wide = weight();
        made = library.pack(wide, form);
        if (half != null) {
          wide.close();
        }
        packed[form.slot()] = made;
      }
      return made;
    }
  }
}
