package dev.orthant.core.text;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits text into words as BERT does: control characters dropped, Chinese characters set apart,
 * accents dropped, lower case, and a split at white space and around every punctuation character.
 *
 * @param cleanText whether control characters are dropped
 * @param spaceChinese whether every Chinese character is a word of its own
 * @param stripAccents whether non-spacing marks are dropped after canonical decomposition
 * @param lowercase whether letters become lower-case ones
 */
record BertWords(boolean cleanText, boolean spaceChinese, boolean stripAccents, boolean lowercase) {

  /*
   * The steps and their order are those of BertNormalizer and BertPreTokenizer in Hugging Face's
   * tokenizers, and so are their peculiarities: one of the Chinese ranges begins at 2B920, not at
   * 2B820, and a capital sigma never becomes a final one.
   */

  private static final int[][] CHINESE = {
    {0x4E00, 0x9FFF},
    {0x3400, 0x4DBF},
    {0x20000, 0x2A6DF},
    {0x2A700, 0x2B73F},
    {0x2B740, 0x2B81F},
    {0x2B920, 0x2CEAF},
    {0xF900, 0xFAFF},
    {0x2F800, 0x2FA1F},
  };

  private static final int REPLACEMENT = 0xFFFD;
  private static final int CAPITAL_I_WITH_DOT = 0x130;

  /** The words of a text, none of them empty. */
  List<String> of(String text) {
    String normal = cleanText ? cleaned(text) : text;
    if (spaceChinese) {
      normal = withChineseApart(normal);
    }
    if (stripAccents) {
      normal = withoutAccents(normal);
    }
    return split(lowercase ? lowered(normal) : normal);
  }

  private static String cleaned(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .filter(c -> c != REPLACEMENT && !isControl(c))
        .forEach(c -> out.appendCodePoint(isSpace(c) ? ' ' : c));
    return out.toString();
  }

  private static String withChineseApart(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (isChinese(c)) {
                out.append(' ').appendCodePoint(c).append(' ');
              } else {
                out.appendCodePoint(c);
              }
            });
    return out.toString();
  }

  private static String withoutAccents(String text) {
    if (Normalizer.isNormalized(text, Normalizer.Form.NFD)
        && text.codePoints().noneMatch(BertWords::isAccent)) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    Normalizer.normalize(text, Normalizer.Form.NFD)
        .codePoints()
        .filter(c -> !isAccent(c))
        .forEach(out::appendCodePoint);
    return out.toString();
  }

  private static String lowered(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (c == CAPITAL_I_WITH_DOT) { // the one that becomes two
                out.append("i\u0307");
              } else {
                out.appendCodePoint(Character.toLowerCase(c));
              }
            });
    return out.toString();
  }

  private static List<String> split(String text) {
    List<String> words = new ArrayList<>();
    int start = 0;
    int at = 0;
    while (at < text.length()) {
      int c = text.codePointAt(at);
      int next = at + Character.charCount(c);
      boolean space = isSpace(c);
      if (space || isPunctuation(c)) {
        add(words, text, start, at);
        if (!space) {
          add(words, text, at, next);
        }
        start = next;
      }
      at = next;
    }
    add(words, text, start, at);
    return words;
  }

  private static void add(List<String> words, String text, int from, int to) {
    if (from < to) {
      words.add(text.substring(from, to));
    }
  }

  private static boolean isControl(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL -> c != '\t' && c != '\n' && c != '\r';
      case Character.FORMAT, Character.PRIVATE_USE, Character.SURROGATE -> true;
      default -> false;
    };
  }

  /** Unicode's property White_Space. */
  private static boolean isSpace(int c) {
    return Character.isSpaceChar(c) || c >= '\t' && c <= '\r' || c == 0x85;
  }

  private static boolean isChinese(int c) {
    for (int[] range : CHINESE) {
      if (c >= range[0] && c <= range[1]) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAccent(int c) {
    return Character.getType(c) == Character.NON_SPACING_MARK;
  }

  private static boolean isPunctuation(int c) {
    if (c < 0x80) {
      return c > ' ' && c < 0x7F && !Character.isLetterOrDigit(c);
    }
    return switch (Character.getType(c)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> false;
    };
  }
}
