package dev.orthant.core.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration is wrong; the message has every problem, one a line. */
public final class ConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String source;
  private final transient List<Problem> problems;

  /**
   * @param source the file's name, or another word for where the configuration comes from
   * @param problems what is wrong; at least one
   */
  public ConfigurationException(String source, List<Problem> problems) {
    super(message(source, problems));
    this.source = source;
    this.problems = List.copyOf(problems);
  }

  /** The file's name, or another word for where the configuration comes from. */
  public String source() {
    return source;
  }

  /** Everything that is wrong, in the order of the configuration. */
  public List<Problem> problems() {
    return problems;
  }

  private static String message(String source, List<Problem> problems) {
    if (problems.isEmpty()) {
      throw new IllegalArgumentException("a configuration exception needs a problem");
    }
    if (problems.size() == 1) {
      return source + ": " + problems.get(0);
    }
    return problems.stream()
        .map(problem -> "\n  " + problem)
        .collect(Collectors.joining("", source + ": " + problems.size() + " problems", ""));
  }
}
