package dev.orthant.osrm;

import static java.util.Objects.requireNonNull;

import dev.orthant.osrm.OsrmConfig.Weighting;
import org.jspecify.annotations.Nullable;

/**
 * Configuration of {@code project-out}.
 *
 * @param energy the share of the others' energy that the directions projected out hold, in (0, 1]
 * @param rank the rank of the result, at least 1; null to keep what is left exactly
 * @param weighting whether each other task weighs the same, or each of their tokens
 */
public record ProjectOutConfig(double energy, @Nullable Integer rank, Weighting weighting) {

  /** Refuses what is missing or out of range. */
  public ProjectOutConfig {
    requireNonNull(weighting, "weighting");
    if (!(energy > 0 && energy <= 1)) {
      throw new IllegalArgumentException("energy must be in (0, 1], was " + energy);
    }
    if (rank != null && rank < 1) {
      throw new IllegalArgumentException("rank must be at least 1, was " + rank);
    }
  }

  /** Most of what the others use; adapters keep their rank. */
  public static ProjectOutConfig defaults() {
    return new ProjectOutConfig(0.9, null, Weighting.PER_TASK);
  }
}
