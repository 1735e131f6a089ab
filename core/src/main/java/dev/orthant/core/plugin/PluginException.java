package dev.orthant.core.plugin;

/** A plug-in cannot be used; the message names its jar or folder. */
public final class PluginException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message one line: where, what is wrong, what would be right
   */
  public PluginException(String message) {
    super(message);
  }

  /**
   * @param message one line: where, what is wrong, what would be right
   * @param cause what was thrown
   */
  public PluginException(String message, Throwable cause) {
    super(message, cause);
  }
}
