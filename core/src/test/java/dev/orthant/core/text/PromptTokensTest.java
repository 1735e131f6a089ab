package dev.orthant.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class PromptTokensTest {

  private static final int NO = TokenRows.IGNORED;
  private static final List<Prompted> EXAMPLES =
      List.of(new Prompted("ab", "cd"), new Prompted("a", "b"), new Prompted("abcd", "e"));

  private static PromptTokens tokens(int maxLength, boolean lossOnPrompt, boolean packing) {
    return new PromptTokens(
        new LetterTokenizer(maxLength, true), LetterTokenizer.END, lossOnPrompt, packing);
  }

  @Test
  void completionsAndTheEndHaveLabels() {
    TokenRows rows = tokens(8, false, false).rows(EXAMPLES, OptionalInt.empty());

    assertThat(rows.rows().get(0).tokenIds()).containsExactly(1, 3, 4, 5, 6, 2);
    assertThat(rows.labels().get(0)).containsExactly(NO, NO, 5, 6, 2, NO);
    assertThat(rows.weight(new int[] {0, 1})).isEqualTo(3 + 2);
    assertThat(rows.labels(new int[] {1, 0})).containsExactly(NO, 4, 2, NO, NO, NO, 5, 6, 2, NO);
  }

  @Test
  void promptsHaveLabelsTooIfWanted() {
    TokenRows rows = tokens(8, true, false).decoder(EXAMPLES);

    assertThat(rows.labels().get(0)).containsExactly(3, 4, 5, 6, 2, NO);
  }

  @Test
  void textsAreCutAtTheirEndAndTheEndNeedsRoom() {
    TokenRows rows = tokens(5, false, false).decoder(EXAMPLES);

    assertThat(rows.size()).isEqualTo(2); // of the third only the prompt is left
    assertThat(rows.rows().get(0).tokenIds()).containsExactly(1, 3, 4, 5, 6);
    assertThat(rows.labels().get(0)).containsExactly(NO, NO, 5, 6, NO);
    assertThat(rows.rows().get(1).tokenIds()).containsExactly(1, 3, 4, 2);
  }

  @Test
  void examplesArePackedWholeWithoutLabelsFromOneToTheNext() {
    TokenRows rows = tokens(10, true, true).decoder(EXAMPLES);

    assertThat(rows.size()).isEqualTo(2);
    assertThat(rows.rows().get(0).tokenIds()).containsExactly(1, 3, 4, 5, 6, 2, 1, 3, 4, 2);
    assertThat(rows.labels().get(0)).containsExactly(3, 4, 5, 6, 2, NO, 3, 4, 2, NO);
    assertThat(rows.rows().get(1).tokenIds()).containsExactly(1, 3, 4, 5, 6, 7, 2);
  }

  @Test
  void anEncoderReadsPromptsAndADecoderCompletionsBehindItsStart() {
    PromptTokens tokens =
        new PromptTokens(new LetterTokenizer(8, false), LetterTokenizer.END, false, false);

    TokenRows rows = tokens.rows(EXAMPLES, OptionalInt.of(0));

    assertThat(rows.rows().get(0).tokenIds()).containsExactly(3, 4, 2);
    assertThat(rows.rows().get(0).targetIds()).containsExactly(0, 5, 6);
    assertThat(rows.labels().get(0)).containsExactly(5, 6, 2);
    assertThat(rows.length(0)).isEqualTo(6);
    assertThat(rows.batch(new int[] {0, 1}).decoded().tokens()).isEqualTo(5);
  }
}
