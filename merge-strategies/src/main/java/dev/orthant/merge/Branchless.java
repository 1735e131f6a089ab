package dev.orthant.merge;

/**
 * Choices that depend on the data. The compiler turns a choice between integers into a conditional
 * move, one between floating-point numbers into a branch, and branches that nobody can predict cost
 * more than all the arithmetic of an element-wise rule.
 */
final class Branchless {

  private Branchless() {}

  /** The value, or 0. */
  static float orZero(boolean keep, float value) {
    return Float.intBitsToFloat(keep ? Float.floatToRawIntBits(value) : 0);
  }

  /** The value where a number is above 0, and 0 elsewhere; the number must not be NaN. */
  static double ifPositive(double number, double value) {
    long all = Double.doubleToRawLongBits(0.0 - number) >> 63; // the sign, in all bits
    return Double.longBitsToDouble(Double.doubleToRawLongBits(value) & all);
  }

  /** +1 or -1 with a number's sign; another number if it is 0. */
  static double sign(double number, double ofZero) {
    return Double.longBitsToDouble(
        number == 0
            ? Double.doubleToRawLongBits(ofZero)
            : Double.doubleToRawLongBits(Math.copySign(1.0, number)));
  }

  /** The number, or 1 if it is 0. */
  static double orOne(double number) {
    return Double.longBitsToDouble(
        number == 0 ? Double.doubleToRawLongBits(1.0) : Double.doubleToRawLongBits(number));
  }
}
