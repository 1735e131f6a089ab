package dev.orthant.merge;

/**
 * Configuration of {@code sce}.
 *
 * @param selectTopk fraction of the positions with any variance that is kept, in (0, 1]
 */
public record SceConfig(double selectTopk) {

  /** Refuses values out of range. */
  public SceConfig {
    if (!(selectTopk > 0 && selectTopk <= 1)) {
      throw new IllegalArgumentException("select_topk must be in (0, 1], was " + selectTopk);
    }
  }

  /** mergekit's: all positions. */
  public static SceConfig defaults() {
    return new SceConfig(1);
  }
}
