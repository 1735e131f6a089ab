package dev.orthant.core.train;

import dev.orthant.core.spi.CounterRandom;
import java.util.BitSet;

/**
 * Progressive activation of adapters: in step t of T each layer's adapters take part with
 * probability
 *
 * <pre>
 *   p(t) = min(1, initial + (1 - initial) * t / ceil(until * T))     t = 0, 1, ...
 * </pre>
 *
 * and the others are as if they were not there, forward and backward; at least one layer's always
 * take part. Nothing is rescaled. Every step draws anew, for all of its micro-batches.
 *
 * <p>Zhuang et al., "Come Together, But Not Right Now: A Progressive Strategy to Boost Low-Rank
 * Adaptation", ICML 2025.
 *
 * @param initialProbability p(0), in [0.001, 1]
 * @param until the share of all steps after which everything takes part, in (0, 1]
 */
public record Coto(double initialProbability, double until) {

  private static final double LEAST = 0.001; // the draw is repeated until something takes part

  /** Checks the ranges. */
  public Coto {
    if (!(initialProbability >= LEAST && initialProbability <= 1)) {
      throw new IllegalArgumentException(
          "initial_probability must be in [%s, 1], was %s".formatted(LEAST, initialProbability));
    }
    if (!(until > 0 && until <= 1)) {
      throw new IllegalArgumentException("until must be in (0, 1], was " + until);
    }
  }

  /** From 0.1 on, over three quarters of the training: the authors' code. */
  public static Coto defaults() {
    return new Coto(0.1, 0.75);
  }

  /**
   * The probability of taking part.
   *
   * @param step number of steps taken before
   * @param totalSteps of the whole training
   */
  public double probability(int step, int totalSteps) {
    double end = Math.ceil(until * totalSteps);
    return Math.min(1, initialProbability + (1 - initialProbability) * step / end);
  }

  /**
   * Which of some groups take part: each independently, given that not all of them rest.
   *
   * @param groups at least 1
   * @param probability positive
   * @param seed of the draw
   */
  public static BitSet draw(int groups, double probability, long seed) {
    CounterRandom random = CounterRandom.of(seed);
    BitSet active = new BitSet(groups);
    for (long first = 0; active.isEmpty(); first += groups) {
      for (int group = 0; group < groups; group++) {
        active.set(group, random.uniform(first + group) < probability);
      }
    }
    return active;
  }
}
