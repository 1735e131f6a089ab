package dev.orthant.core.checkpoint;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What PEFT's fields {@code target_modules} and {@code exclude_modules} hold: names, or one regular
 * expression.
 *
 * @param isPattern whether {@code names} is one regular expression, which has to match a whole
 *     module path; otherwise a name matches the module it equals and those that end with a dot and
 *     the name
 * @param names the names, or the one expression
 */
public record ModuleNames(boolean isPattern, List<String> names) {

  /** Copies the list; refuses a bad regular expression. */
  public ModuleNames {
    names = List.copyOf(names);
    if (isPattern) {
      if (names.size() != 1) {
        throw new IllegalArgumentException("one regular expression expected, was " + names);
      }
      compile(names.get(0));
    }
  }

  /** These names. */
  public static ModuleNames of(String... names) {
    return new ModuleNames(false, List.of(names));
  }

  /** This regular expression. */
  public static ModuleNames pattern(String expression) {
    return new ModuleNames(true, List.of(expression));
  }

  /** Whether a module path is one of these. */
  public boolean matches(String module) {
    return isPattern
        ? compile(names.get(0)).matcher(module).matches()
        : names.contains(module) || names.stream().anyMatch(n -> module.endsWith("." + n));
  }

  /** What Python understands by a regular expression; its named groups become plain ones. */
  static Pattern compile(String expression) {
    if (expression.contains("(?P=")) {
      throw new IllegalArgumentException(
          "references to named groups are not supported in the regular expression '%s'"
              .formatted(expression));
    }
    try {
      return Pattern.compile(expression.replaceAll("\\(\\?P<\\w+>", "("));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "'%s' is not a regular expression: %s".formatted(expression, e.getDescription()), e);
    }
  }
}
