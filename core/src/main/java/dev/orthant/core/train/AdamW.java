package dev.orthant.core.train;

import dev.orthant.core.kernel.AdamWStep;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.spi.Parameter;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * AdamW as PyTorch defines it (Loshchilov and Hutter, 1711.05101), with global-norm clipping and
 * the holds of subspace constraints.
 *
 * <p>{@code p *= 1 - lr * wd; m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; p -= lr / (1 - b1^t)
 * * m / (sqrt(v / (1 - b2^t)) + eps)}, where t counts the steps of the parameter.
 */
public final class AdamW {

  private static final double CLIP_EPSILON = 1e-6; // PyTorch's clip_grad_norm_

  private final Kernels kernels;
  private final TrainingConfig config;
  private final Holds holds;
  private final List<NamedParameter> trained;
  private final Map<String, INDArray> firstMoments = new LinkedHashMap<>();
  private final Map<String, INDArray> secondMoments = new LinkedHashMap<>();
  private final Map<String, Integer> rested = new LinkedHashMap<>();
  private Set<Parameter> resting = Set.of();
  private int steps;

  /**
   * An optimiser of those parameters that are trainable. One that is there under several names is
   * trained once, under the first.
   *
   * @throws IllegalArgumentException if none is
   */
  public AdamW(Kernels kernels, TrainingConfig config, List<NamedParameter> parameters) {
    this.kernels = kernels;
    this.config = config;
    this.holds = new Holds(kernels);
    this.trained = trained(parameters);
    if (trained.isEmpty()) {
      throw new IllegalArgumentException("there is no trainable parameter");
    }
    for (NamedParameter p : trained) {
      INDArray value = p.parameter().value();
      firstMoments.put(p.name(), Nd4j.zeros(value.dataType(), value.shape()));
      secondMoments.put(p.name(), Nd4j.zeros(value.dataType(), value.shape()));
    }
  }

  private static List<NamedParameter> trained(List<NamedParameter> parameters) {
    Set<Parameter> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    return parameters.stream()
        .filter(p -> p.parameter().isTrainable() && seen.add(p.parameter()))
        .toList();
  }

  /** Leaves parameters alone in the steps from now on, moments and weight decay included. */
  void rest(Set<Parameter> parameters) {
    resting = parameters;
  }

  /**
   * The global L2 norm of the gradients, after constraints have added their penalties to them and
   * projected them.
   */
  public double gradientNorm() {
    double squares = 0;
    for (NamedParameter p : trained) {
      if (resting.contains(p.parameter())) {
        continue;
      }
      holds.beforeStep(p.parameter());
      squares += kernels.sumOfSquares(p.parameter().gradient());
    }
    return Math.sqrt(squares);
  }

  /**
   * Clips the gradients to the configured norm, updates the parameters and clears the gradients.
   *
   * @param learningRate of this step
   * @param gradientNorm what {@link #gradientNorm()} gave
   */
  public void step(double learningRate, double gradientNorm) {
    steps++;
    double limit = config.maxGradNorm();
    double coefficient = limit > 0 ? Math.min(1, limit / (gradientNorm + CLIP_EPSILON)) : 1;
    for (NamedParameter named : trained) {
      Parameter p = named.parameter();
      if (resting.contains(p)) {
        rested.merge(named.name(), 1, Integer::sum);
        continue;
      }
      AdamWStep step =
          new AdamWStep(
              learningRate * p.learningRateMultiplier(),
              config.beta1(),
              config.beta2(),
              config.epsilon(),
              p.isDecayed() ? config.weightDecay() : 0,
              steps - rested.getOrDefault(named.name(), 0),
              coefficient);
      kernels.adamW(
          step,
          p.value(),
          p.gradient(),
          firstMoments.get(named.name()),
          secondMoments.get(named.name()));
      holds.afterStep(p);
    }
  }

  /** Forgets the gradients that have been collected. */
  public void clearGradients() {
    for (NamedParameter p : trained) {
      p.parameter().gradient().assign(0);
    }
  }

  /** The moments by parameter name and suffix, the arrays themselves. */
  Map<String, INDArray> state() {
    Map<String, INDArray> state = new LinkedHashMap<>();
    firstMoments.forEach((name, m) -> state.put(name + ".exp_avg", m));
    secondMoments.forEach((name, v) -> state.put(name + ".exp_avg_sq", v));
    return state;
  }

  /** The number of steps that parameters rested in, by name; those that never did are not there. */
  Map<String, Integer> restedSteps() {
    return rested;
  }

  /** Continues as after so many steps, of which parameters rested in some. */
  void resumeAt(int stepsTaken, Map<String, Integer> restedSteps) {
    steps = stepsTaken;
    rested.clear();
    rested.putAll(restedSteps);
  }
}
