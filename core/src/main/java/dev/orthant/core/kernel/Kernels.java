package dev.orthant.core.kernel;

import dev.orthant.core.spi.MatrixOps;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The operations that transformer layers are made of, each with its gradient.
 *
 * <p>Arrays are dense, row-major and single-precision, at any offset of their buffer. Sequences are
 * packed: sequence i of a batch has the rows {@code offsets[i]} (inclusive) to {@code offsets[i +
 * 1]} (exclusive), n rows in all, and no row is padding. Outputs are written into the arrays given;
 * an output must not overlap an input unless its description allows it.
 *
 * <p>Implementations can be called from several threads at once. For a given implementation on a
 * given machine the same arguments give the same bits.
 *
 * <p>Every method throws {@link dev.orthant.core.spi.ShapeMismatchException} if shapes do not fit
 * together.
 */
public interface Kernels extends MatrixOps {

  /** How many threads an operation uses, as far as that is ours to say. */
  default int threads() {
    return 1;
  }

  /**
   * The same operations, with the same bits, on the calling thread alone: for callers that run
   * several passes side by side, which wastes less than to share out every operation.
   */
  default Kernels onCallingThread() {
    return this;
  }

  /** The precision of products with frozen weights; everything else is in single precision. */
  default Precision precision() {
    return Precision.FP32;
  }

  /**
   * The same operations, with the same threads, but for the precision of products with frozen
   * weights.
   *
   * @throws IllegalArgumentException if they cannot be had in that precision, saying what is needed
   */
  default Kernels withPrecision(Precision wanted) {
    if (wanted != precision()) {
      throw new IllegalArgumentException(
          "precision bf16 needs oneDNN and a processor with AMX or AVX512-BF16; products here go"
              + " through "
              + products());
    }
    return this;
  }

  /** What computes products with frozen weights, with its version and the instructions it uses. */
  default String products() {
    return "ND4J";
  }

  /**
   * A linear layer with weights that change: {@code y = x w' + bias}.
   *
   * @param x [n, dIn]
   * @param w [dOut, dIn]
   * @param bias [dOut], or null for none
   * @param y [n, dOut], overwritten
   */
  void linear(INDArray x, INDArray w, @Nullable INDArray bias, INDArray y);

  /**
   * The gradient of {@link #linear} to its input: {@code dx = dy w}, or {@code dx += dy w}.
   *
   * @param dy [n, dOut]
   * @param w [dOut, dIn]
   * @param accumulate whether to add to dx instead of overwriting it
   * @param dx [n, dIn]
   */
  void linearInputGradient(INDArray dy, INDArray w, boolean accumulate, INDArray dx);

  /**
   * Frozen linear layers with the same input: {@code y = x w' + bias} for each.
   *
   * @param x [n, dIn]
   * @param layers [dOut, dIn] each; dOut may differ
   * @param ys [n, dOut] for each layer, overwritten
   */
  void linear(INDArray x, List<FrozenLinear> layers, List<INDArray> ys);

  /**
   * The gradient of {@link #linear(INDArray, List, List)} to x: {@code dx = dy w}, or {@code dx +=
   * dy w}, summed over the layers.
   *
   * @param dys [n, dOut] for each layer
   * @param layers [dOut, dIn] each
   * @param accumulate whether to add to dx instead of overwriting it
   * @param dx [n, dIn]
   */
  void linearInputGradient(
      List<INDArray> dys, List<FrozenLinear> layers, boolean accumulate, INDArray dx);

  /**
   * The gradient of a linear layer to its weights and bias: {@code dw += dy' x}, {@code db +=} the
   * column sums of dy.
   *
   * @param dy [n, dOut]
   * @param x [n, dIn]
   * @param dw [dOut, dIn], added to
   * @param db [dOut], added to; null for a layer without bias
   */
  void linearWeightGradient(INDArray dy, INDArray x, INDArray dw, @Nullable INDArray db);

  /**
   * Residual connection and layer normalisation: {@code s = x + residual; y = gamma * (s - mean(s))
   * / sqrt(var(s) + eps) + beta}, mean and (biased) variance over each row.
   *
   * @param x [n, d], overwritten by s
   * @param residual [n, d], or null for none
   * @param gamma [d]
   * @param beta [d]
   * @param stats [n, 2], overwritten by each row's mean and 1 / sqrt(var + eps)
   * @param y [n, d], overwritten; may be x itself if s is not needed
   */
  void layerNorm(
      INDArray x,
      @Nullable INDArray residual,
      INDArray gamma,
      INDArray beta,
      float eps,
      INDArray stats,
      INDArray y);

  /**
   * The gradient of {@link #layerNorm} to s, and so to both x and residual.
   *
   * @param dy [n, d]
   * @param s [n, d], the sum that layerNorm left in x
   * @param stats [n, 2], as left by layerNorm
   * @param gamma [d]
   * @param ds [n, d], overwritten; may be dy itself
   */
  void layerNormGradient(INDArray dy, INDArray s, INDArray stats, INDArray gamma, INDArray ds);

  /**
   * Residual connection and RMS normalisation (Zhang and Sennrich, 2019, arXiv:1910.07467): {@code
   * s = x + residual; y = gamma * s / sqrt(mean(s^2) + eps)}, the mean over each row.
   *
   * @param x [n, d], overwritten by s
   * @param residual [n, d], or null for none
   * @param gamma [d]
   * @param stats [n, 1], overwritten by each row's 1 / sqrt(mean(s^2) + eps)
   * @param y [n, d], overwritten; may be x itself if s is not needed
   */
  void rmsNorm(
      INDArray x,
      @Nullable INDArray residual,
      INDArray gamma,
      float eps,
      INDArray stats,
      INDArray y);

  /**
   * The gradient of {@link #rmsNorm} to s, and so to both x and residual.
   *
   * @param dy [n, d]
   * @param s [n, d], the sum that rmsNorm left in x
   * @param stats [n, 1], as left by rmsNorm
   * @param gamma [d]
   * @param ds [n, d], overwritten; may be dy itself
   */
  void rmsNormGradient(INDArray dy, INDArray s, INDArray stats, INDArray gamma, INDArray ds);

  /**
   * {@code y = f(x)}.
   *
   * @param x any shape
   * @param y same shape, overwritten; may be x itself
   */
  void activate(Activation f, INDArray x, INDArray y);

  /**
   * The gradient of {@link #activate}: {@code dx = dy * f'(x)}.
   *
   * @param x any shape, the input of the activation
   * @param dy same shape
   * @param dx same shape, overwritten; may be dy itself
   */
  void activationGradient(Activation f, INDArray x, INDArray dy, INDArray dx);

  /**
   * A gated activation: {@code y = f(gate) * up} (Shazeer, 2020, arXiv:2002.05202).
   *
   * @param gate any shape
   * @param up same shape
   * @param y same shape, overwritten
   */
  void gate(Activation f, INDArray gate, INDArray up, INDArray y);

  /**
   * The gradients of {@link #gate}.
   *
   * @param gate any shape
   * @param up same shape
   * @param dy same shape
   * @param dGate same shape, overwritten
   * @param dUp same shape, overwritten; may be dy itself
   */
  void gateGradient(
      Activation f, INDArray gate, INDArray up, INDArray dy, INDArray dGate, INDArray dUp);

  /**
   * A frozen linear layer and an activation: {@code inner = x w' + bias; y = f(inner)}.
   *
   * @param x [n, dIn]
   * @param layer [dOut, dIn]
   * @param inner [n, dOut], overwritten
   * @param y [n, dOut], overwritten
   */
  default void linearActivation(
      INDArray x, FrozenLinear layer, Activation f, INDArray inner, INDArray y) {
    linear(x, List.of(layer), List.of(inner));
    activate(f, inner, y);
  }

  /**
   * The gradient of an activation followed by a frozen linear layer to the activation's input:
   * {@code dInner = (dy w) * f'(inner)}.
   *
   * @param dy [n, dOut]
   * @param layer [dOut, dIn]
   * @param inner [n, dIn], the input of the activation
   * @param dInner [n, dIn], overwritten
   */
  default void activationLinearGradient(
      INDArray dy, FrozenLinear layer, Activation f, INDArray inner, INDArray dInner) {
    linearInputGradient(List.of(dy), List.of(layer), false, dInner);
    activationGradient(f, inner, dInner, dInner);
  }

  /**
   * A frozen linear layer and {@link #layerNorm}: {@code s = x w' + bias + residual}, y its
   * normalisation.
   *
   * @param x [n, dIn]
   * @param layer [d, dIn]
   * @param residual [n, d]
   * @param gamma [d]
   * @param beta [d]
   * @param s [n, d], overwritten by the sum
   * @param stats [n, 2], overwritten as by layerNorm
   * @param y [n, d], overwritten
   */
  default void linearLayerNorm(
      INDArray x,
      FrozenLinear layer,
      INDArray residual,
      INDArray gamma,
      INDArray beta,
      float eps,
      INDArray s,
      INDArray stats,
      INDArray y) {
    linear(x, List.of(layer), List.of(s));
    layerNorm(s, residual, gamma, beta, eps, stats, y);
  }

  /**
   * {@code y = tanh(x)}.
   *
   * @param x any shape
   * @param y same shape, overwritten; may be x itself
   */
  void tanh(INDArray x, INDArray y);

  /**
   * The gradient of {@link #tanh}: {@code dx = dy * (1 - y^2)}.
   *
   * @param y any shape, the output of tanh
   * @param dy same shape
   * @param dx same shape, overwritten; may be dy itself
   */
  void tanhGradient(INDArray y, INDArray dy, INDArray dx);

  /**
   * Turns queries or keys by their positions, in place: {@code (x1, x2) = (x1 cos - x2 sin, x2 cos
   * + x1 sin)} for the pairs of every head, see {@link Rotation}. The gradient is the rotation
   * back.
   *
   * @param x [n, heads * width], where width is the rotation's
   * @param positions [n], at least 0
   * @param back whether to turn the other way
   */
  void rotate(INDArray x, Rotation rotation, int[] positions, boolean back);

  /**
   * Attention within each sequence, for every head: {@code out = softmax(scale q k' + bias) v} over
   * the keys that a query sees. Head h of the queries has the columns from h * width on, and the
   * keys and values of head h * keyHeads / heads.
   *
   * @param q [n, heads * width]
   * @param queryOffsets [sequences + 1], of the rows of q and out
   * @param k [m, keyHeads * width]
   * @param v [m, keyHeads * width]
   * @param keyOffsets [sequences + 1], of the rows of k and v; for causal attention no sequence has
   *     more queries than keys
   * @param out [n, heads * width], overwritten
   */
  void attention(
      AttentionForm form,
      INDArray q,
      int[] queryOffsets,
      INDArray k,
      INDArray v,
      int[] keyOffsets,
      INDArray out);

  /**
   * The gradients of {@link #attention}; the probabilities are computed again rather than kept.
   *
   * @param q [n, heads * width]
   * @param queryOffsets [sequences + 1]
   * @param k [m, keyHeads * width]
   * @param v [m, keyHeads * width]
   * @param keyOffsets [sequences + 1]
   * @param dOut [n, heads * width]
   * @param dq [n, heads * width], overwritten
   * @param dk [m, keyHeads * width], overwritten
   * @param dv [m, keyHeads * width], overwritten
   */
  void attentionGradient(
      AttentionForm form,
      INDArray q,
      int[] queryOffsets,
      INDArray k,
      INDArray v,
      int[] keyOffsets,
      INDArray dOut,
      INDArray dq,
      INDArray dk,
      INDArray dv);

  /**
   * The sum of word, position and type embeddings.
   *
   * @param tokenIds [n], indices into word
   * @param positionIds [n], indices into position; not looked at without it
   * @param typeIds [n], indices into type; not looked at without it
   * @param word [vocabulary, d]
   * @param position [positions, d], or null for none
   * @param type [types, d], or null for none
   * @param out [n, d], overwritten
   * @throws IllegalArgumentException if an index is out of range
   */
  void embed(
      int[] tokenIds,
      int[] positionIds,
      int[] typeIds,
      INDArray word,
      @Nullable INDArray position,
      @Nullable INDArray type,
      INDArray out);

  /**
   * The mean of each sequence's rows.
   *
   * @param x [n, d]
   * @param offsets [sequences + 1], no sequence empty
   * @param y [sequences, d], overwritten
   */
  void meanPool(INDArray x, int[] offsets, INDArray y);

  /**
   * The gradient of {@link #meanPool}.
   *
   * @param dy [sequences, d]
   * @param offsets [sequences + 1]
   * @param dx [n, d], overwritten
   */
  void meanPoolGradient(INDArray dy, int[] offsets, INDArray dx);

  /**
   * The columns of x one after the other: those of the first part, of the second and so on.
   *
   * @param x [n, sum of widths]
   * @param parts [n, width] each, overwritten; at most 16
   */
  void splitColumns(INDArray x, List<INDArray> parts);

  /**
   * Puts columns side by side, which is also the gradient of {@link #splitColumns}.
   *
   * @param parts [n, width] each; at most 16
   * @param x [n, sum of widths], overwritten
   */
  void joinColumns(List<INDArray> parts, INDArray x);

  /**
   * Some rows: {@code y[i] = x[rows[i]]}.
   *
   * @param x [n, d]
   * @param rows [k], in [0, n)
   * @param y [k, d], overwritten
   */
  void takeRows(INDArray x, int[] rows, INDArray y);

  /**
   * The gradient of {@link #takeRows}.
   *
   * @param dy [k, d]
   * @param rows [k], in [0, n), all different
   * @param dx [n, d], overwritten, zero in all other rows
   */
  void takeRowsGradient(INDArray dy, int[] rows, INDArray dx);

  /**
   * The mean over the rows of {@code -log softmax(logits)[label]}, and its gradient.
   *
   * @param logits [n, classes]
   * @param labels [n], whole numbers in [0, classes)
   * @param scale what the gradient is multiplied by (the loss is not)
   * @param dLogits [n, classes], overwritten; may be logits itself
   * @return the mean loss, in nats
   * @throws IllegalArgumentException if a label is not a class
   */
  double crossEntropy(INDArray logits, float[] labels, float scale, INDArray dLogits);

  /**
   * The mean over the rows of {@code (prediction - target)^2}, and its gradient.
   *
   * @param predictions [n, 1]
   * @param targets [n]
   * @param scale what the gradient is multiplied by (the loss is not)
   * @param dPredictions [n, 1], overwritten; may be predictions itself
   * @return the mean loss
   */
  double squaredError(INDArray predictions, float[] targets, float scale, INDArray dPredictions);

  /**
   * One step of AdamW on one parameter, as PyTorch computes it (see {@link AdamWStep}), which uses
   * the gradient up.
   *
   * @param parameter any shape, updated
   * @param gradient same shape, zero afterwards
   * @param m same shape, running mean of the gradient, updated
   * @param v same shape, running mean of its square, updated
   */
  void adamW(AdamWStep step, INDArray parameter, INDArray gradient, INDArray m, INDArray v);

  /**
   * The sum of the squares of all elements, in double precision.
   *
   * @param x any shape
   */
  double sumOfSquares(INDArray x);

  /**
   * {@code x *= factor}.
   *
   * @param x any shape, updated
   */
  void scale(float factor, INDArray x);
}
