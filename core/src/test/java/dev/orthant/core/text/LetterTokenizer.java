package dev.orthant.core.text;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A letter is a token: {@code a} is 3 and so on; 1 begins a text, 2 ends it. */
public final class LetterTokenizer implements Tokenizer {

  /** What ends a text. */
  public static final int END = 2;

  private static final int FIRST = 3;

  private final int maxLength;
  private final boolean begins;

  /**
   * @param begins whether texts begin with 1
   */
  public LetterTokenizer(int maxLength, boolean begins) {
    this.maxLength = maxLength;
    this.begins = begins;
  }

  @Override
  public int maxLength() {
    return maxLength;
  }

  @Override
  public Encoded encode(String textA, @Nullable String textB) {
    String text = (begins ? (char) ('a' - 2) : "") + textA;
    return Encoded.of(text.chars().limit(maxLength).map(c -> c - 'a' + FIRST).toArray());
  }

  @Override
  public String decode(int[] tokenIds) {
    return Arrays.stream(tokenIds)
        .filter(id -> id >= FIRST)
        .mapToObj(id -> Character.toString('a' + id - FIRST))
        .collect(Collectors.joining());
  }

  @Override
  public void close() {}
}
