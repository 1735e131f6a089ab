package dev.orthant.merge;

/**
 * Configuration of {@code compress}: the least rank that keeps the energy, but no more than {@code
 * rank}.
 *
 * @param rank greatest rank of the result, at least 1
 * @param energy share of the squared Frobenius norm to keep, in (0, 1]
 */
public record CompressConfig(int rank, double energy) {

  /** Refuses values out of range. */
  public CompressConfig {
    if (rank < 1) {
      throw new IllegalArgumentException("rank must be at least 1, was " + rank);
    }
    if (!(energy > 0 && energy <= 1)) {
      throw new IllegalArgumentException("energy must be in (0, 1], was " + energy);
    }
  }

  /** Rank 16, twice the rank of PEFT's default adapters, and all energy within it. */
  public static CompressConfig defaults() {
    return new CompressConfig(16, 1.0);
  }
}
