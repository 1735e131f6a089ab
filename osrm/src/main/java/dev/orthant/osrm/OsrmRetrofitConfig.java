package dev.orthant.osrm;

import static java.util.Objects.requireNonNull;

import dev.orthant.osrm.OsrmConfig.Weighting;

/**
 * Configuration of {@code osrm-retrofit}.
 *
 * @param rank rows of the basis and rank of the result, at least 1
 * @param basis what of the others' features the basis is chosen by
 * @param weighting whether each other task weighs the same, or each of their tokens
 * @param seed of the rows that are drawn where only means decide
 */
public record OsrmRetrofitConfig(int rank, Basis basis, Weighting weighting, long seed) {

  /** What a basis is chosen by. */
  public enum Basis {
    /** The others' mean second moment, as {@code osrm} does. */
    SECOND_MOMENT,
    /** The others' means, as {@code osrm-means} and the authors' code do. */
    MEANS
  }

  /** Refuses what is missing or out of range. */
  public OsrmRetrofitConfig {
    requireNonNull(basis, "basis");
    requireNonNull(weighting, "weighting");
    if (rank < 1) {
      throw new IllegalArgumentException("rank must be at least 1, was " + rank);
    }
  }

  /** The rank of the authors' experiments, and the paper's basis. */
  public static OsrmRetrofitConfig defaults() {
    return new OsrmRetrofitConfig(8, Basis.SECOND_MOMENT, Weighting.PER_TASK, 42);
  }
}
