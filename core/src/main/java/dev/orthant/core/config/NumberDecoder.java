package dev.orthant.core.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.Set;

/** Decodes numbers. One with an integral value, such as {@code 1e3}, is a whole number. */
final class NumberDecoder {

  private static final Set<Class<?>> WHOLE =
      Set.of(int.class, Integer.class, long.class, Long.class);
  private static final Set<Class<?>> REAL =
      Set.of(float.class, Float.class, double.class, Double.class);

  static boolean supports(Class<?> type) {
    return WHOLE.contains(type) || REAL.contains(type);
  }

  static boolean isWhole(Class<?> type) {
    return WHOLE.contains(type);
  }

  /**
   * The number in the box of the type.
   *
   * @throws IllegalArgumentException saying what it must be
   */
  Number decode(JsonNode node, Class<?> type) {
    if (type == int.class || type == Integer.class) {
      return (int) whole(node, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    if (type == long.class || type == Long.class) {
      return whole(node, Long.MIN_VALUE, Long.MAX_VALUE);
    }
    double value = real(node);
    if (type == double.class || type == Double.class) {
      return value;
    }
    if (Float.isInfinite((float) value)) {
      throw new IllegalArgumentException("must be a number of single precision");
    }
    return (float) value;
  }

  private static long whole(JsonNode node, long least, long greatest) {
    boolean isWhole =
        node.isNumber()
            && Double.isFinite(node.doubleValue())
            && node.decimalValue().stripTrailingZeros().scale() <= 0;
    if (!isWhole) {
      throw new IllegalArgumentException("must be a whole number");
    }
    BigDecimal value = node.decimalValue();
    boolean fits =
        value.compareTo(BigDecimal.valueOf(least)) >= 0
            && value.compareTo(BigDecimal.valueOf(greatest)) <= 0;
    if (!fits) {
      throw new IllegalArgumentException(
          "must be a whole number in [%d, %d]".formatted(least, greatest));
    }
    return value.longValueExact();
  }

  private static double real(JsonNode node) {
    if (!node.isNumber()) {
      throw new IllegalArgumentException("must be a number");
    }
    double value = node.doubleValue();
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("must be a finite number");
    }
    return value;
  }
}
