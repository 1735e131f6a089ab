package dev.orthant.merge;

import static java.util.Objects.requireNonNull;

/**
 * Configuration of {@code nuslerp}.
 *
 * @param vectors what is interpolated as one vector
 */
public record NuslerpConfig(Vectors vectors) {

  /** What is interpolated as one vector. */
  public enum Vectors {
    /** The whole tensor; mergekit's {@code nuslerp_flatten}. */
    TENSOR,
    /** Each row, a slice of the last dimension; mergekit's default when it does not flatten. */
    ROW,
    /** Each column, a slice of the first dimension; mergekit's {@code nuslerp_row_wise}. */
    COLUMN
  }

  /** Refuses null. */
  public NuslerpConfig {
    requireNonNull(vectors, "vectors");
  }

  /** The whole tensor, as in mergekit. */
  public static NuslerpConfig defaults() {
    return new NuslerpConfig(Vectors.TENSOR);
  }

  SpanRule.Vectors spanVectors() {
    return switch (vectors) {
      case TENSOR -> SpanRule.Vectors.TENSOR;
      case ROW -> SpanRule.Vectors.ROW;
      case COLUMN -> SpanRule.Vectors.COLUMN;
    };
  }
}
