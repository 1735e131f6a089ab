package dev.orthant.core.nn;

/** How a model is held in memory. */
public record LoadSettings() {

  /** Everything in single precision. */
  public static LoadSettings defaults() {
    return new LoadSettings();
  }
}
