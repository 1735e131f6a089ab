package dev.orthant.core.spi;

import java.util.Arrays;

/** A tensor does not have the shape that its use asks for. */
public final class ShapeMismatchException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  /**
   * @param tensor the tensor's name
   * @param expected the shape it should have
   * @param actual the shape it has
   */
  public ShapeMismatchException(String tensor, long[] expected, long[] actual) {
    super(
        "tensor '%s' has shape %s, expected %s"
            .formatted(tensor, Arrays.toString(actual), Arrays.toString(expected)));
  }
}
