package dev.orthant.core.kernel;

/** Attention over packed sequences and its gradients, of arrays [n, heads * width]. */
interface Attention {

  /** See {@link Kernels#attention}; width is that of one head. */
  void forward(Floats q, Floats k, Floats v, int[] offsets, int heads, int width, Floats out);

  /** See {@link Kernels#attentionGradient}. */
  void backward(
      Floats q,
      Floats k,
      Floats v,
      Floats dOut,
      int[] offsets,
      int heads,
      int width,
      Floats dq,
      Floats dk,
      Floats dv);
}
