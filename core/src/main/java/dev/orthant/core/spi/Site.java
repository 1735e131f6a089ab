package dev.orthant.core.spi;

/**
 * The name and shape of one weight matrix that an adapter may adapt.
 *
 * @param module the module path in the checkpoint, such as {@code
 *     encoder.layer.0.attention.self.query}
 * @param layer the index of the transformer layer it belongs to, -1 outside of layers
 * @param dIn the size of its input
 * @param dOut the size of its output
 */
public record Site(String module, int layer, int dIn, int dOut) {

  /** Refuses sizes below one. */
  public Site {
    if (module.isBlank()) {
      throw new IllegalArgumentException("a site needs a module path");
    }
    if (dIn < 1 || dOut < 1) {
      throw new IllegalArgumentException(
          "site '%s' needs positive sizes, was [%d, %d]".formatted(module, dOut, dIn));
    }
  }
}
