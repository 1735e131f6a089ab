package dev.orthant.eval.results;

import java.util.List;

/**
 * How long the steps of a study took and what memory they needed.
 *
 * @param steps in the order in which they ended
 */
public record Timings(List<Step> steps) {

  /** Copies the list. */
  public Timings {
    steps = List.copyOf(steps);
  }

  /**
   * One step.
   *
   * @param name what was done
   * @param seconds how long it took
   * @param peakBytes the most memory that the process had until its end; 0 where it is not known
   */
  public record Step(String name, double seconds, long peakBytes) {}
}
