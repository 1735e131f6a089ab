package dev.orthant.merge;

/** Configuration of {@code arcee-fusion}, which has nothing to choose. */
public record ArceeFusionConfig() {

  /** The only one. */
  public static ArceeFusionConfig defaults() {
    return new ArceeFusionConfig();
  }
}
