package dev.orthant.merge;

/**
 * Configuration of {@code iteris}.
 *
 * @param iterations how often features of the merged model are taken and weights solved for, at
 *     least 1
 * @param ridge what is added to the diagonal of every matrix of products of features, relative to
 *     its Frobenius norm; in (0, 1]
 * @param mix share of the expert's features in those of the merged model, in [0, 1)
 * @param balance whether each expert's errors are divided by the squares of its outputs, relative
 *     to its weights
 */
public record IterisConfig(int iterations, double ridge, double mix, boolean balance) {

  /** Refuses values out of range. */
  public IterisConfig {
    Range.requireAtLeastOne("iterations", iterations);
    if (!(ridge > 0 && ridge <= 1)) {
      throw new IllegalArgumentException("ridge must be in (0, 1], was " + ridge);
    }
    if (!(mix >= 0 && mix < 1)) {
      throw new IllegalArgumentException("mix must be in [0, 1), was " + mix);
    }
  }

  /** 10 iterations, ridge 1e-7, nothing mixed, balanced: the authors' settings for GLUE on T5. */
  public static IterisConfig defaults() {
    return new IterisConfig(10, 1e-7, 0, true);
  }
}
