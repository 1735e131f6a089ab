package dev.orthant.core.nn;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The keys and values of tokens that a decoder has read, so that a pass is over the tokens after
 * them alone. With it a pass gives what a pass over all tokens gives for the last of them, up to
 * rounding.
 *
 * <p>For use by one thread. Arrays that are given out are valid until the next call.
 */
public final class KeyValueCache implements AutoCloseable {

  private static final double GROWTH = 1.5;

  private final Map<String, Entry> entries = new HashMap<>();
  private int[] lengths = {}; // [sequences], tokens read

  /** Whether nothing has been read. */
  public boolean isEmpty() {
    return lengths.length == 0;
  }

  /** The number of sequences. */
  public int sequences() {
    return lengths.length;
  }

  /** How many tokens of a sequence have been read. */
  public int length(int sequence) {
    return isEmpty() ? 0 : lengths[sequence];
  }

  /**
   * Notes that a pass over more tokens of every sequence is over.
   *
   * @param offsets [sequences + 1], of the pass' batch
   */
  public void advance(int[] offsets) {
    int[] longer = new int[offsets.length - 1];
    for (int i = 0; i < longer.length; i++) {
      longer[i] = length(i) + offsets[i + 1] - offsets[i];
    }
    lengths = longer;
  }

  /**
   * Goes on with some of the sequences, of which one can be taken several times.
   *
   * @param sequences [any number], indices of sequences as they are now
   */
  public void choose(int[] sequences) {
    int[] chosen = new int[sequences.length];
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = lengths[sequences[i]];
    }
    entries.values().forEach(entry -> entry.choose(sequences));
    lengths = chosen;
  }

  /** What is known under a name, or null. */
  @Nullable KeysAndValues of(String name) {
    Entry entry = entries.get(name);
    return entry == null ? null : entry.all();
  }

  /** Adds rows to every sequence; all there are then. The rows are copied. */
  KeysAndValues append(String name, KeysAndValues rows) {
    Entry entry = entries.computeIfAbsent(name, n -> new Entry(rows));
    entry.append(rows);
    return entry.all();
  }

  @Override
  public void close() {
    entries.values().forEach(Entry::close);
    entries.clear();
    lengths = new int[0];
  }

  /** The rows of one layer. */
  private static final class Entry {

    private final long width;
    private INDArray keys; // [capacity, width]
    private INDArray values; // [capacity, width]
    private int[] offsets;

    Entry(KeysAndValues first) {
      width = first.keys().size(1);
      keys = rows(first.keys().size(0));
      values = rows(first.keys().size(0));
      offsets = new int[first.offsets().length];
    }

    private INDArray rows(long capacity) {
      return Nd4j.createUninitialized(DataType.FLOAT, capacity, width);
    }

    KeysAndValues all() {
      int count = offsets[offsets.length - 1];
      return new KeysAndValues(slice(keys, 0, count), slice(values, 0, count), offsets);
    }

    void append(KeysAndValues more) {
      int sequences = offsets.length - 1;
      int[] longer = new int[offsets.length];
      for (int i = 0; i < longer.length; i++) {
        longer[i] = offsets[i] + more.offsets()[i];
      }
      if (sequences == 1 && longer[1] <= keys.size(0)) {
        slice(keys, offsets[1], longer[1]).assign(more.keys());
        slice(values, offsets[1], longer[1]).assign(more.values());
        offsets = longer;
        return;
      }
      INDArray oldKeys = keys;
      INDArray oldValues = values;
      int[] old = offsets;
      replace(longer);
      for (int i = 0; i < sequences; i++) {
        int end = old[i + 1] - old[i];
        copy(oldKeys, oldValues, old[i], old[i + 1], longer[i]);
        copy(more.keys(), more.values(), more.offsets()[i], more.offsets()[i + 1], longer[i] + end);
      }
      oldKeys.close();
      oldValues.close();
    }

    void choose(int[] sequences) {
      int[] chosen = new int[sequences.length + 1];
      for (int i = 0; i < sequences.length; i++) {
        chosen[i + 1] = chosen[i] + offsets[sequences[i] + 1] - offsets[sequences[i]];
      }
      INDArray oldKeys = keys;
      INDArray oldValues = values;
      int[] old = offsets;
      replace(chosen);
      for (int i = 0; i < sequences.length; i++) {
        copy(oldKeys, oldValues, old[sequences[i]], old[sequences[i] + 1], chosen[i]);
      }
      oldKeys.close();
      oldValues.close();
    }

    private void replace(int[] newOffsets) {
      int count = newOffsets[newOffsets.length - 1];
      keys = rows((long) Math.ceil(count * GROWTH));
      values = rows((long) Math.ceil(count * GROWTH));
      offsets = newOffsets;
    }

    private void copy(INDArray fromKeys, INDArray fromValues, int from, int to, int at) {
      if (to > from) {
        slice(keys, at, at + to - from).assign(slice(fromKeys, from, to));
        slice(values, at, at + to - from).assign(slice(fromValues, from, to));
      }
    }

    private static INDArray slice(INDArray rows, int from, int to) {
      return rows.get(NDArrayIndex.interval(from, to), NDArrayIndex.all());
    }

    void close() {
      keys.close();
      values.close();
    }
  }
}
