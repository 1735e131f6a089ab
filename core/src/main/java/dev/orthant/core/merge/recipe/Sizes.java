package dev.orthant.core.merge.recipe;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers of bytes as people write them. */
public final class Sizes {

  private static final Pattern SIZE = Pattern.compile("(\\d{1,12})\\s*([kmgt]?)(i?b)?");

  private Sizes() {}

  /**
   * Bytes of a text such as {@code 2g}, {@code 512MiB} or {@code 5GB}: {@code k}, {@code m}, {@code
   * g} and {@code t} alone and with {@code ib} are powers of 1024, with {@code b} powers of 1000.
   *
   * @param name of what has the size, for messages
   * @throws IllegalArgumentException if it is none
   */
  public static long bytes(String name, String text) {
    Matcher matcher = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "%s must be a size such as 2g or 500MB, was '%s'".formatted(name, text));
    }
    long unit = "b".equals(matcher.group(3)) ? 1000 : 1024;
    long bytes = Long.parseLong(matcher.group(1));
    String powers = "kmgt";
    int power = matcher.group(2).isEmpty() ? 0 : powers.indexOf(matcher.group(2)) + 1;
    try {
      for (int i = 0; i < power; i++) {
        bytes = Math.multiplyExact(bytes, unit);
      }
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("%s is too large: '%s'".formatted(name, text), e);
    }
    return bytes;
  }
}
