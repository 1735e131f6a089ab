package dev.orthant.core.config;

/**
 * One thing that is wrong with a configuration.
 *
 * @param path where, such as {@code adapters[1].rank}; empty for the whole
 * @param message what is wrong and what would be right
 */
public record Problem(String path, String message) {

  /** The same problem of something that is itself at {@code prefix}. */
  public Problem under(String prefix) {
    String joint = path.isEmpty() || path.startsWith("[") || prefix.isEmpty() ? "" : ".";
    return new Problem(prefix + joint + path, message);
  }

  @Override
  public String toString() {
    return path.isEmpty() ? message : path + ": " + message;
  }
}
