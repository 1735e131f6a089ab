package dev.orthant.core.text;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a {@code tokenizer.json} says, by way of Hugging Face's tokenizers, a native library. */
final class NativeTokenizer implements Tokenizer {

  private final HuggingFaceTokenizer delegate;
  private final int maxLength;

  private NativeTokenizer(HuggingFaceTokenizer delegate, int maxLength) {
    this.delegate = delegate;
    this.maxLength = maxLength;
  }

  /**
   * @throws LinkageError if the native library does not run on this platform
   */
  static Tokenizer open(Path tokenizerJson, int maxLength) {
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
      return new NativeTokenizer(
          HuggingFaceTokenizer.newInstance(tokenizerJson, options), maxLength);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read tokenizer " + tokenizerJson, e);
    } catch (EngineException e) { // that no library fits, found out before
      throw (LinkageError) new UnsatisfiedLinkError(e.getMessage()).initCause(e);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "%s is not a tokenizer.json: %s".formatted(tokenizerJson, e.getMessage()), e);
    }
  }

  @Override
  public int maxLength() {
    return maxLength;
  }

  @Override
  public Encoded encode(String textA, @Nullable String textB) {
    Encoding encoding = textB == null ? delegate.encode(textA) : delegate.encode(textA, textB);
    return new Encoded(toInts(encoding.getIds()), toInts(encoding.getTypeIds()));
  }

  @Override
  public String decode(int[] tokenIds) {
    return delegate.decode(Arrays.stream(tokenIds).asLongStream().toArray(), true);
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
