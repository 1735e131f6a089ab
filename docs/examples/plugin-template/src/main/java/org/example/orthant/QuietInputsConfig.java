package org.example.orthant;

/**
 * What a configuration file can say beside {@code type: quiet-inputs}. A key is the snake case of a
 * component's name, and its value is refused with the constructor's own message.
 *
 * @param frozen whether A stays on the basis for the whole training, and not only begins on it
 */
public record QuietInputsConfig(boolean frozen) {

  /** The values of absent keys. */
  public static QuietInputsConfig defaults() {
    return new QuietInputsConfig(false);
  }
}
