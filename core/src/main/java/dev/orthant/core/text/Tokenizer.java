package dev.orthant.core.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns text into token ids as the {@code tokenizer.json} of a checkpoint says, by way of Hugging
 * Face's tokenizers. Adds special tokens, cuts the longer text of a pair first, never pads.
 */
public final class Tokenizer implements AutoCloseable {

  private final HuggingFaceTokenizer delegate;
  private final int maxLength;

  private Tokenizer(HuggingFaceTokenizer delegate, int maxLength) {
    this.delegate = delegate;
    this.maxLength = maxLength;
  }

  /**
   * Opens a tokenizer.
   *
   * @param tokenizerJson the file
   * @param maxLength the greatest number of tokens of an example, special tokens included; at least
   *     4
   */
  public static Tokenizer open(Path tokenizerJson, int maxLength) {
    if (maxLength < 4) {
      throw new IllegalArgumentException("max_length must be at least 4, was " + maxLength);
    }
    if (!Files.isRegularFile(tokenizerJson)) {
      throw new IllegalArgumentException(
          "no tokenizer: file %s does not exist".formatted(tokenizerJson));
    }
    // Otherwise the library asks a cloud metadata address about its host, once a day.
    System.setProperty("OPT_OUT_TRACKING", "true");
    try {
      Map<String, String> options =
          Map.of(
              "truncation",
              "LONGEST_FIRST",
              "padding",
              "DO_NOT_PAD",
              "maxLength",
              Integer.toString(maxLength),
              "modelMaxLength",
              Integer.toString(maxLength));
      return new Tokenizer(HuggingFaceTokenizer.newInstance(tokenizerJson, options), maxLength);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read tokenizer " + tokenizerJson, e);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "%s is not a tokenizer.json: %s".formatted(tokenizerJson, e.getMessage()), e);
    }
  }

  /** The greatest number of tokens of an example. */
  public int maxLength() {
    return maxLength;
  }

  /** The tokens of one text, or of a pair. */
  public Encoded encode(String textA, @Nullable String textB) {
    Encoding encoding = textB == null ? delegate.encode(textA) : delegate.encode(textA, textB);
    return new Encoded(toInts(encoding.getIds()), toInts(encoding.getTypeIds()));
  }

  /** The tokens of every example, in order. */
  public List<Encoded> encodeAll(List<Example> examples) {
    List<Encoded> all = new ArrayList<>(examples.size());
    for (Example example : examples) {
      all.add(encode(example.textA(), example.textB()));
    }
    return all;
  }

  @Override
  public void close() {
    delegate.close();
  }

  private static int[] toInts(long[] values) {
    int[] ints = new int[values.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = Math.toIntExact(values[i]);
    }
    return ints;
  }
}
