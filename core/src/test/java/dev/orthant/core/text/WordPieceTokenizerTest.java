package dev.orthant.core.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tokenizer in plain Java against Hugging Face's, with the vocabulary of uncased BERT. */
final class WordPieceTokenizerTest {

  private static final int LONG = 4096;

  /**
   * Ranges of the basic plane without characters newer than Unicode 8, which is what the native
   * library knows; in the gaps, 63 of JDK 17's characters (marks and punctuation of Indic scripts)
   * are treated differently, and others in newer JDKs.
   */
  private static final int[][] OLD = {
    {1, 0x7FC}, {0xF00, 0x166C}, {0x1E00, 0x2E42}, {0x3000, 0xA82B}, {0xAA00, 0xFFFF}
  };

  @TempDir static Path folder;
  private static Path json;
  private static Tokenizer expected;
  private static Tokenizer actual;

  @BeforeAll
  static void openBoth() throws IOException {
    json = folder.resolve("tokenizer.json");
    try (InputStream in =
        WordPieceTokenizerTest.class.getResourceAsStream("/all-minilm-l6-v2-tokenizer.json")) {
      Files.copy(in, json);
    }
    expected = Tokenizer.open(json, LONG);
    actual = new WordPieceTokenizer(WordPieceFiles.json(json), LONG);
  }

  @AfterAll
  static void close() {
    expected.close();
    actual.close();
  }

  @Test
  void textOfManyScriptsGetsTheSameTokens() throws IOException {
    for (String line : lines()) {
      assertSame(line, null);
    }
    assertSame(String.join(" ", lines()), null);
    assertSame("", null);
    assertSame(" \t\n", null);
    assertSame("nul\u0000character", null);
  }

  @Test
  void pairsGetTheSameTokensAndTypes() throws IOException {
    List<String> lines = lines();
    for (int i = 0; i < lines.size(); i++) {
      assertSame(lines.get(i), lines.get((i + 7) % lines.size()));
    }
    assertSame("", "");
    assertSame("a", "");
  }

  @Test
  void everyCharacterOfOldIsTreatedAlike() {
    for (int[] range : OLD) {
      StringBuilder text = new StringBuilder();
      for (int c = range[0]; c <= range[1]; c++) {
        if (Character.isDefined(c) && Character.getType(c) != Character.SURROGATE) {
          text.append("ab").appendCodePoint(c).append("cd ");
        }
        if (c % 64 == 0 || c == range[1]) {
          assertSame(text.toString(), null);
          text.setLength(0);
        }
      }
    }
  }

  @Test
  void longTextsAreCutAlike() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    List<String> lines = lines();
    WordPieces pieces = WordPieceFiles.json(json);
    for (int maxLength : new int[] {4, 5, 6, 7, 8, 9, 16, 33}) {
      try (Tokenizer library = Tokenizer.open(json, maxLength);
          Tokenizer own = new WordPieceTokenizer(pieces, maxLength)) {
        for (int i = 0; i < 50; i++) {
          String a = some(lines, random);
          String b = some(lines, random);

          assertThat(own.encode(a, null).tokenIds())
              .containsExactly(library.encode(a, null).tokenIds());
          assertThat(own.encode(a, b).tokenIds())
              .as("%d: %s | %s", maxLength, a, b)
              .containsExactly(library.encode(a, b).tokenIds());
        }
      }
    }
  }

  @Test
  void tokensBecomeTheSameText() throws IOException {
    for (String line : lines()) {
      int[] ids = expected.encode(line, null).tokenIds();

      assertThat(actual.decode(ids)).isEqualTo(expected.decode(ids));
    }
  }

  @Test
  void aVocabularyOfLinesIsEnough() throws IOException {
    Path vocab = Files.writeString(folder.resolve("vocab.txt"), vocabulary("[UNK]", "cafe", "##s"));

    try (Tokenizer tokenizer = Tokenizer.open(vocab, 16)) {
      assertThat(tokenizer.encode("CAFÉS, cafe", "x").tokenIds())
          .containsExactly(2, 5, 6, 4, 5, 3, 4, 3);
      assertThat(tokenizer.encode("[MASK]", null).tokenIds()).containsExactly(2, 1, 3);
    }
  }

  @Test
  void aVocabularyWithCapitalsKeepsThem() throws IOException {
    Path vocab = Files.writeString(folder.resolve("vocab.txt"), vocabulary("[UNK]", "Ca", "##fé"));
    Path config = vocab.resolveSibling("tokenizer_config.json");

    try (Tokenizer cased = Tokenizer.open(vocab, 16)) {
      assertThat(cased.encode("Café cafe", null).tokenIds()).containsExactly(2, 5, 6, 4, 3);
    }
    Files.writeString(config, "{\"do_lower_case\": true, \"unk_token\": {\"content\": \"[UNK]\"}}");
    try (Tokenizer told = Tokenizer.open(vocab, 16)) {
      assertThat(told.encode("Café", null).tokenIds()).containsExactly(2, 4, 3);
    }
    Files.delete(config);
  }

  @Test
  void itStandsInWhereTheNativeLibraryDoesNotRun() {
    try (Tokenizer tokenizer =
        WordPieceTokenizer.instead(json, 16, WordPieceTokenizerTest::noLibrary)) {
      assertThat(tokenizer).isInstanceOf(WordPieceTokenizer.class);
      assertThat(tokenizer.encode("hello world", null).tokenIds())
          .containsExactly(101, 7592, 2088, 102);
    }
  }

  @Test
  void otherTokenizersNeedTheNativeLibrary() throws IOException {
    Path other =
        Files.writeString(
            folder.resolve("other.json"),
            """
            {"normalizer": null, "pre_tokenizer": {"type": "ByteLevel"}, "model": {"type": "BPE"},
             "added_tokens": [{"content": "<s>", "normalized": true}]}""");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> WordPieceTokenizer.instead(other, 16, WordPieceTokenizerTest::noLibrary))
        .withMessage(
            other
                + " is not a tokenizer of BERT's kind: normalizer is none, expected BertNormalizer,"
                + " pre_tokenizer is ByteLevel, expected BertPreTokenizer, model is BPE, expected"
                + " WordPiece, post_processor is none, expected [CLS] A [SEP] B [SEP], added token"
                + " '<s>' is single_word or normalized; other tokenizers need the native library of"
                + " Hugging Face's tokenizers, which does not run here: no library");
  }

  @Test
  void aMissingSpecialPieceIsNamed() throws IOException {
    Path vocab = Files.writeString(folder.resolve("short.txt"), "[UNK]\n[CLS]\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tokenizer.open(vocab, 16))
        .withMessage(vocab + " has no token for [SEP]");
  }

  private static Tokenizer noLibrary(Path file, int maxLength) {
    throw new UnsatisfiedLinkError("no library");
  }

  private static void assertSame(String a, String b) {
    Encoded library = expected.encode(a, b);
    Encoded own = actual.encode(a, b);

    assertThat(own.tokenIds()).as("%s | %s", a, b).containsExactly(library.tokenIds());
    assertThat(own.typeIds()).containsExactly(library.typeIds());
  }

  private static String some(List<String> lines, SplittableRandom random) {
    String line = lines.get(random.nextInt(lines.size()));
    int end = line.offsetByCodePoints(0, random.nextInt(line.codePointCount(0, line.length())));
    return line.substring(0, end);
  }

  private static String vocabulary(String... pieces) {
    return "[PAD]\n[MASK]\n[CLS]\n[SEP]\n" + String.join("\n", pieces) + "\n";
  }

  private static List<String> lines() throws IOException {
    try (InputStream in =
        WordPieceTokenizerTest.class.getResourceAsStream("/sentences/scripts.txt")) {
      List<String> lines = new ArrayList<>();
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .forEach(line -> lines.add(unescaped(line)));
      return lines;
    }
  }

  /** Characters that editors hide or mend are written as in Java. */
  private static String unescaped(String line) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      if (line.startsWith("\\u", i)) {
        out.append((char) Integer.parseInt(line.substring(i + 2, i + 6), 16));
        i += 5;
      } else {
        out.append(line.charAt(i));
      }
    }
    return out.toString();
  }
}
