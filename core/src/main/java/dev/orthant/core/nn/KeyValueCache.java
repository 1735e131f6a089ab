package dev.orthant.core.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The keys and values that causal layers have computed of the tokens so far, so that a pass over
 * the next tokens need not compute them again. For inference, and for one thread at a time.
 */
public final class KeyValueCache {

  private final int[] lengths; // [sequences], tokens that are there
  private @Nullable KeyValueCache source;
  private final List<Part[]> layers = new ArrayList<>(); // [layers][sequences]

  /** An empty cache of so many sequences. */
  public KeyValueCache(int sequences) {
    if (sequences < 1) {
      throw new IllegalArgumentException("a cache needs at least 1 sequence, was " + sequences);
    }
    lengths = new int[sequences];
  }

  /** The number of sequences. */
  public int size() {
    return lengths.length;
  }

  /** How many tokens of a sequence are there. */
  public int length(int sequence) {
    return lengths[sequence];
  }

  /** Whether it has the keys and values of the source of an encoder-decoder. */
  boolean hasSource() {
    return source != null;
  }

  /** The keys and values of the source that the decoder beside an encoder compares with. */
  KeyValueCache source() {
    return Objects.requireNonNull(source, "no source has been encoded");
  }

  /** See {@link #source()}. */
  void source(KeyValueCache encoded) {
    source = encoded;
  }

  /**
   * A cache of some of these sequences, in their order; one may come several times. Both can go on
   * on their own.
   */
  public KeyValueCache select(int... sequences) {
    KeyValueCache selected = new KeyValueCache(sequences.length);
    for (int i = 0; i < sequences.length; i++) {
      selected.lengths[i] = lengths[sequences[i]];
    }
    for (Part[] parts : layers) {
      Part[] copies = new Part[sequences.length];
      for (int i = 0; i < copies.length; i++) {
        copies[i] = parts[sequences[i]].copy(lengths[sequences[i]]);
      }
      selected.layers.add(copies);
    }
    selected.source = source == null ? null : source.select(sequences);
    return selected;
  }

  /**
   * Keys and values of all tokens.
   *
   * @param keys [tokens, width]
   * @param values [tokens, width]
   * @param offsets [sequences + 1]
   */
  record All(INDArray keys, INDArray values, int[] offsets) {}

  /**
   * Puts the keys and values of new tokens behind those that are there.
   *
   * @param layer counted from 0; layers come in order
   * @param offsets [sequences + 1], of the new tokens
   * @param keys [new tokens, width]
   * @param values [new tokens, width]
   */
  All append(Pass pass, int layer, int[] offsets, INDArray keys, INDArray values) {
    if (offsets.length - 1 != lengths.length) {
      throw new IllegalArgumentException(
          "a batch of %d sequences does not fit a cache of %d"
              .formatted(offsets.length - 1, lengths.length));
    }
    int width = (int) keys.size(1);
    Part[] parts = parts(layer, width);
    float[] newKeys = keys.dup('c').data().asFloat();
    float[] newValues = values.dup('c').data().asFloat();
    int[] all = new int[offsets.length];
    for (int s = 0; s < parts.length; s++) {
      int count = offsets[s + 1] - offsets[s];
      parts[s].put(lengths[s], newKeys, newValues, offsets[s], count);
      all[s + 1] = all[s] + lengths[s] + count;
    }
    return packed(pass, parts, all);
  }

  /** The keys and values of all tokens that are there. */
  All all(Pass pass, int layer) {
    int[] all = new int[lengths.length + 1];
    for (int s = 0; s < lengths.length; s++) {
      all[s + 1] = all[s] + lengths[s];
    }
    return packed(pass, layers.get(layer), all);
  }

  private static All packed(Pass pass, Part[] parts, int[] all) {
    int width = parts[0].width;
    INDArray allKeys = pass.buffer("cache.keys", all[parts.length], width);
    INDArray allValues = pass.buffer("cache.values", all[parts.length], width);
    float[] packed = new float[all[parts.length] * width];
    for (int s = 0; s < parts.length; s++) {
      System.arraycopy(parts[s].keys, 0, packed, all[s] * width, (all[s + 1] - all[s]) * width);
    }
    allKeys.assign(Nd4j.createFromArray(packed).reshape('c', allKeys.shape()));
    for (int s = 0; s < parts.length; s++) {
      System.arraycopy(parts[s].values, 0, packed, all[s] * width, (all[s + 1] - all[s]) * width);
    }
    allValues.assign(Nd4j.createFromArray(packed).reshape('c', allValues.shape()));
    return new All(allKeys, allValues, all);
  }

  /** Counts the new tokens, after all layers have put theirs. */
  void advance(int[] offsets) {
    for (int s = 0; s < lengths.length; s++) {
      lengths[s] += offsets[s + 1] - offsets[s];
    }
  }

  private Part[] parts(int layer, int width) {
    while (layers.size() <= layer) {
      Part[] parts = new Part[lengths.length];
      Arrays.setAll(parts, i -> new Part(width));
      layers.add(parts);
    }
    return layers.get(layer);
  }

  /** Of one layer and sequence. */
  private static final class Part {

    private final int width;
    private float[] keys = {}; // [capacity, width]
    private float[] values = {};

    Part(int width) {
      this.width = width;
    }

    void put(int at, float[] newKeys, float[] newValues, int from, int count) {
      int needed = (at + count) * width;
      if (keys.length < needed) {
        keys = Arrays.copyOf(keys, Math.max(needed, 2 * keys.length));
        values = Arrays.copyOf(values, keys.length);
      }
      System.arraycopy(newKeys, from * width, keys, at * width, count * width);
      System.arraycopy(newValues, from * width, values, at * width, count * width);
    }

    Part copy(int length) {
      Part copy = new Part(width);
      copy.keys = Arrays.copyOf(keys, length * width);
      copy.values = Arrays.copyOf(values, length * width);
      return copy;
    }
  }
}
