package dev.orthant.merge;

/** Configuration of {@code cat}: there is nothing to set. */
public record CatConfig() {

  /** The only one. */
  public static CatConfig defaults() {
    return new CatConfig();
  }
}
