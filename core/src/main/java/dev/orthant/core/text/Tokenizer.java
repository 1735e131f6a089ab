package dev.orthant.core.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns text into token ids and back. Adds special tokens, cuts the longer text of a pair first,
 * never pads.
 */
public interface Tokenizer extends AutoCloseable {

  /**
   * Opens a checkpoint's tokenizer: a {@code tokenizer.json} by way of Hugging Face's tokenizers,
   * or, where their native library does not run and the file is one of BERT's, in plain Java; a
   * {@code vocab.txt} of BERT's always in plain Java.
   *
   * @param file {@code tokenizer.json} or {@code vocab.txt}
   * @param maxLength the greatest number of tokens of an example, special tokens included; at least
   *     4
   * @throws IllegalArgumentException if there is no such file or it is no tokenizer
   */
  static Tokenizer open(Path file, int maxLength) {
    if (maxLength < 4) {
      throw new IllegalArgumentException("max_length must be at least 4, was " + maxLength);
    }
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException("no tokenizer: file %s does not exist".formatted(file));
    }
    if (file.toString().endsWith(".txt")) {
      return new WordPieceTokenizer(WordPieceFiles.vocabulary(file), maxLength);
    }
    return WordPieceTokenizer.instead(file, maxLength, NativeTokenizer::open);
  }

  /** The greatest number of tokens of an example. */
  int maxLength();

  /** The tokens of one text, or of a pair. */
  Encoded encode(String textA, @Nullable String textB);

  /** The tokens of every example, in order. */
  default List<Encoded> encodeAll(List<Example> examples) {
    List<Encoded> all = new ArrayList<>(examples.size());
    for (Example example : examples) {
      all.add(encode(example.textA(), example.textB()));
    }
    return all;
  }

  /** The text of tokens, without the special ones. */
  String decode(int[] tokenIds);

  @Override
  void close();
}
