package dev.orthant.core.spi;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A named array of an adapter. Its value is updated in place by the optimiser; its gradient is
 * added to by backward passes and cleared by the optimiser.
 */
public final class Parameter {

  private final String name;
  private INDArray value;
  private final boolean trainable;
  private final boolean decayed;
  private final double learningRateMultiplier;
  private final @Nullable ConstrainedBasis constraint;
  private @Nullable INDArray gradient;

  private Parameter(
      String name,
      INDArray value,
      boolean trainable,
      boolean decayed,
      double learningRateMultiplier,
      @Nullable ConstrainedBasis constraint) {
    this.name = name;
    this.value = value;
    this.trainable = trainable;
    this.decayed = decayed;
    this.learningRateMultiplier = learningRateMultiplier;
    this.constraint = constraint;
  }

  /** A parameter that is trained, with weight decay where the optimiser has it. */
  public static Parameter trainable(String name, INDArray value) {
    return new Parameter(name, value, true, true, 1.0, null);
  }

  /** A parameter that is saved and loaded but never trained. */
  public static Parameter frozen(String name, INDArray value) {
    return new Parameter(name, value, false, false, 0.0, null);
  }

  /** The same parameter, exempt from weight decay. */
  public Parameter withoutDecay() {
    return new Parameter(name, value, trainable, false, learningRateMultiplier, constraint);
  }

  /** The same parameter, trained at a multiple of the learning rate. */
  public Parameter withLearningRateMultiplier(double multiplier) {
    if (!(multiplier > 0) || Double.isInfinite(multiplier)) {
      throw new IllegalArgumentException(
          "learning-rate multiplier must be positive and finite, was " + multiplier);
    }
    return new Parameter(name, value, trainable, decayed, multiplier, constraint);
  }

  /**
   * The same parameter, whose rows the optimiser holds as the constraint says: not trained at all
   * if {@link Hold.Frozen}, kept from moving along some directions if {@link Hold.Projected}, and
   * so on.
   */
  public Parameter heldBy(ConstrainedBasis basis) {
    boolean trained = trainable && !(basis.hold() instanceof Hold.Frozen);
    return new Parameter(name, value, trained, decayed, learningRateMultiplier, basis);
  }

  /**
   * Lets this parameter live in given arrays from now on, such as views of all parameters of a
   * network, which may be of double precision. Their contents stay as they are. Whoever trains an
   * adapter may do so before the first pass: adapters ask for {@link #value} and {@link #gradient}
   * each time and keep neither.
   *
   * @param newValue of the value's shape
   * @param newGradient of the value's shape; null to have one made when it is asked for
   * @throws ShapeMismatchException if an array has another shape
   */
  public void liveIn(INDArray newValue, @Nullable INDArray newGradient) {
    requireShape(newValue);
    if (newGradient != null) {
      requireShape(newGradient);
    }
    this.value = newValue;
    this.gradient = newGradient;
  }

  private void requireShape(INDArray array) {
    if (!Arrays.equals(array.shape(), value.shape())) {
      throw new ShapeMismatchException(name, value.shape(), array.shape());
    }
  }

  /** The name within its adapter; PEFT's, such as {@code lora_A}, where PEFT has one. */
  public String name() {
    return name;
  }

  /** The value, updated in place. */
  public INDArray value() {
    return value;
  }

  /** Whether the optimiser updates it and backward passes need its gradient. */
  public boolean isTrainable() {
    return trainable;
  }

  /** Whether weight decay applies. */
  public boolean isDecayed() {
    return decayed;
  }

  /** What the learning rate is multiplied by. */
  public double learningRateMultiplier() {
    return learningRateMultiplier;
  }

  /** What its rows are held to, or null. */
  public @Nullable ConstrainedBasis constraint() {
    return constraint;
  }

  /** The gradient, of the value's shape; zeros at first. */
  public INDArray gradient() {
    INDArray g = gradient;
    if (g == null) {
      g = Nd4j.zeros(value.dataType(), value.shape());
      gradient = g;
    }
    return g;
  }
}
