package dev.orthant.eval.results;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/*
 * Double.toString gives other digits on JDK 19 and later than before (JDK-4511638), so it would make
 * a file depend on the machine that wrote it.
 */
/**
 * How results write numbers: nine significant digits, rounded half to even, without trailing zeros,
 * plain from a millionth to 1e15.
 */
final class ResultNumbers {

  private static final MathContext DIGITS = new MathContext(9, RoundingMode.HALF_EVEN);

  private ResultNumbers() {}

  /** The text of a finite number. */
  static String text(double value) {
    BigDecimal rounded = new BigDecimal(value).round(DIGITS).stripTrailingZeros();
    if (rounded.signum() == 0) {
      return "0";
    }
    int magnitude = rounded.precision() - rounded.scale() - 1;
    return magnitude >= -6 && magnitude <= 15 ? rounded.toPlainString() : rounded.toString();
  }
}
