package dev.orthant.core.testing;

import java.util.Arrays;
import org.assertj.core.api.AbstractAssert;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Assertions on arrays that say where they differ. */
public final class TensorAssert extends AbstractAssert<TensorAssert, INDArray> {

  private TensorAssert(INDArray actual) {
    super(actual, TensorAssert.class);
  }

  /** Begins an assertion. */
  public static TensorAssert assertThatTensor(INDArray actual) {
    return new TensorAssert(actual);
  }

  /** Same shape, and every element within {@code absolute + relative * |expected|}. */
  public TensorAssert isCloseTo(INDArray expected, double absolute, double relative) {
    isNotNull();
    if (!Arrays.equals(actual.shape(), expected.shape())) {
      failWithMessage(
          "expected shape %s but was %s",
          Arrays.toString(expected.shape()), Arrays.toString(actual.shape()));
    }
    double[] a = actual.dup('c').data().asDouble();
    double[] e = expected.dup('c').data().asDouble();
    int worst = -1;
    double excess = 0;
    for (int i = 0; i < a.length; i++) {
      double allowed = absolute + relative * Math.abs(e[i]);
      double over = Math.abs(a[i] - e[i]) - allowed;
      if (Double.isNaN(over)
          ? Double.doubleToLongBits(a[i]) != Double.doubleToLongBits(e[i])
          : over > excess) {
        worst = i;
        excess = Double.isNaN(over) ? Double.POSITIVE_INFINITY : over;
      }
    }
    if (worst >= 0) {
      failWithMessage(
          "expected %s at flat index %d of shape %s but was %s (allowed %s + %s relative)",
          e[worst], worst, Arrays.toString(actual.shape()), a[worst], absolute, relative);
    }
    return this;
  }

  /** Same shape and the same bits. */
  public TensorAssert hasSameBitsAs(INDArray expected) {
    isNotNull();
    if (!Arrays.equals(actual.shape(), expected.shape())) {
      failWithMessage(
          "expected shape %s but was %s",
          Arrays.toString(expected.shape()), Arrays.toString(actual.shape()));
    }
    float[] a = actual.dup('c').data().asFloat();
    float[] e = expected.dup('c').data().asFloat();
    for (int i = 0; i < a.length; i++) {
      if (Float.floatToRawIntBits(a[i]) != Float.floatToRawIntBits(e[i])) {
        failWithMessage("expected the bits of %s at flat index %d but was %s", e[i], i, a[i]);
      }
    }
    return this;
  }
}
