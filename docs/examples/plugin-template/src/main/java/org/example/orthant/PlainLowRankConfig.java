package org.example.orthant;

import dev.orthant.core.spi.TargetModules;
import java.util.List;

/**
 * What a configuration file can say beside {@code type: plain-low-rank}. A key is the snake case of
 * a component's name, and its value is refused with the constructor's own message.
 *
 * @param rank rank of the delta, at least 1
 * @param alpha numerator of the scaling alpha / rank, positive
 * @param targetModules names of the modules to adapt, or one regular expression, or {@code
 *     all-linear}
 */
public record PlainLowRankConfig(int rank, double alpha, List<String> targetModules) {

  /** Refuses values out of range; messages begin with the key. */
  public PlainLowRankConfig {
    if (rank < 1) {
      throw new IllegalArgumentException("rank must be at least 1, was " + rank);
    }
    if (!(alpha > 0) || Double.isInfinite(alpha)) {
      throw new IllegalArgumentException("alpha must be positive and finite, was " + alpha);
    }
    targetModules = new TargetModules(targetModules, List.of(), List.of()).include();
  }

  /** The values of absent keys. */
  public static PlainLowRankConfig defaults() {
    return new PlainLowRankConfig(8, 16, List.of("query", "value"));
  }

  TargetModules targets() {
    return new TargetModules(targetModules, List.of(), List.of());
  }
}
