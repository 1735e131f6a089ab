package dev.orthant.core.text;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * BERT's tokenizer in plain Java: words, then for each the longest piece that begins it, the
 * longest that goes on, and so forth. Gives the ids of Hugging Face's tokenizers. Immutable.
 */
final class WordPieceTokenizer implements Tokenizer {

  private static final String CLOSING = ".,!?";

  private final WordPieces pieces;
  private final int maxLength;
  private final Map<Integer, String> pieceOf;
  private final Set<Integer> specialIds = new HashSet<>();
  private final Pattern special;
  private final int longest;

  WordPieceTokenizer(WordPieces pieces, int maxLength) {
    this.pieces = pieces;
    this.maxLength = maxLength;
    this.pieceOf =
        pieces.ids().entrySet().stream()
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getValue, Map.Entry::getKey));
    pieces.special().forEach(s -> specialIds.add(pieces.id(s)));
    this.special =
        Pattern.compile(
            pieces.special().stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.joining("|")));
    this.longest = pieces.ids().keySet().stream().mapToInt(String::length).max().orElse(0);
  }

  /** Opens a {@code tokenizer.json} with the native library. */
  interface Opener {

    Tokenizer open(Path tokenizerJson, int maxLength);
  }

  /**
   * A {@code tokenizer.json} by the native library, or by this class where that does not run.
   *
   * @throws IllegalArgumentException if it is no tokenizer, or neither way is open
   */
  static Tokenizer instead(Path tokenizerJson, int maxLength, Opener nativeLibrary) {
    try {
      return nativeLibrary.open(tokenizerJson, maxLength);
    } catch (LinkageError e) { // no library for this platform, or it does not load
      try {
        return new WordPieceTokenizer(WordPieceFiles.json(tokenizerJson), maxLength);
      } catch (IllegalArgumentException other) {
        throw new IllegalArgumentException(
            "%s; other tokenizers need the native library of Hugging Face's tokenizers, which does not run here: %s"
                .formatted(other.getMessage(), e.getMessage()),
            e);
      }
    }
  }

  @Override
  public int maxLength() {
    return maxLength;
  }

  @Override
  public Encoded encode(String textA, @Nullable String textB) {
    int[] a = tokens(textA);
    int[] b = textB == null ? new int[0] : tokens(textB);
    if (textB == null) {
      a = first(a, maxLength - 2);
    } else {
      int ofA = shareOfFirst(a.length, b.length, maxLength - 3);
      b = first(b, maxLength - 3 - ofA);
      a = first(a, ofA);
    }
    int[] ids = new int[a.length + 2 + (textB == null ? 0 : b.length + 1)];
    ids[0] = pieces.id(pieces.start());
    System.arraycopy(a, 0, ids, 1, a.length);
    ids[1 + a.length] = pieces.id(pieces.end());
    int[] types = new int[ids.length];
    if (textB != null) {
      System.arraycopy(b, 0, ids, 2 + a.length, b.length);
      ids[ids.length - 1] = pieces.id(pieces.end());
      Arrays.fill(types, 2 + a.length, types.length, 1);
    }
    return new Encoded(ids, types);
  }

  /** How many tokens the first text keeps if both have to fit: the longer text is cut first. */
  private static int shareOfFirst(int a, int b, int room) {
    if (a + b <= room) {
      return a;
    }
    int shorter = Math.min(a, b);
    if (shorter <= room / 2) {
      return a <= b ? a : room - b;
    }
    int half = room / 2;
    return a <= b ? half : room - half; // what is odd goes to the longer one
  }

  private static int[] first(int[] tokens, int count) {
    return tokens.length <= count ? tokens : Arrays.copyOf(tokens, count);
  }

  private int[] tokens(String text) {
    Tokens out = new Tokens();
    int from = 0;
    Matcher matcher = special.matcher(text);
    while (matcher.find()) {
      addWords(text.substring(from, matcher.start()), out);
      out.add(pieces.id(matcher.group()));
      from = matcher.end();
    }
    addWords(text.substring(from), out);
    return out.toArray();
  }

  private void addWords(String text, Tokens out) {
    for (String word : pieces.words().of(text)) {
      int before = out.size;
      if (word.codePointCount(0, word.length()) > pieces.maxWordLength() || !addWord(word, out)) {
        out.size = before;
        out.add(pieces.id(pieces.unknown()));
      }
    }
  }

  private boolean addWord(String word, Tokens out) {
    int start = 0;
    while (start < word.length()) {
      String begin = start == 0 ? "" : WordPieces.CONTINUATION;
      int end = Math.min(word.length(), start + longest);
      Integer id = null;
      while (id == null && end > start) {
        id = pieces.ids().get(begin + word.substring(start, end));
        end = id == null ? end - 1 : end; // half a character is no piece
      }
      if (id == null) {
        return false;
      }
      out.add(id);
      start = end;
    }
    return true;
  }

  @Override
  public String decode(int[] tokenIds) {
    StringBuilder text = new StringBuilder();
    for (int id : tokenIds) {
      String piece = pieceOf.get(id);
      if (piece == null || specialIds.contains(id)) {
        continue;
      }
      if (text.isEmpty() || CLOSING.indexOf(piece.charAt(0)) >= 0) {
        text.append(piece);
      } else if (piece.startsWith(WordPieces.CONTINUATION)) {
        text.append(piece, WordPieces.CONTINUATION.length(), piece.length());
      } else {
        text.append(' ').append(piece);
      }
    }
    return text.toString();
  }

  @Override
  public void close() {
    // nothing is held
  }

  /** A list of tokens. */
  private static final class Tokens {

    private int[] ids = new int[64];
    private int size;

    void add(int id) {
      if (size == ids.length) {
        ids = Arrays.copyOf(ids, 2 * size);
      }
      ids[size++] = id;
    }

    int[] toArray() {
      return Arrays.copyOf(ids, size);
    }
  }
}
