package dev.orthant.core.checkpoint;

import dev.orthant.core.spi.ShapeMismatchException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Collects tensors and writes them into a safetensors file, in the layout of the reference
 * implementation: larger element types first, then by name; the header padded with spaces to a
 * multiple of 8. Equal tensors and metadata give equal files.
 *
 * <pre>{@code
 * new SafetensorsWriter().metadata("format", "pt").add("w", w).write(path);
 * }</pre>
 */
public final class SafetensorsWriter {

  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, String> metadata = new TreeMap<>();

  private interface Body {
    void writeTo(FileChannel channel) throws IOException;
  }

  private record Entry(String name, Dtype dtype, long[] shape, Body body) {

    long bytes() {
      long bits = dtype.bits();
      for (long d : shape) {
        bits = Math.multiplyExact(bits, d);
      }
      return bits / 8;
    }
  }

  /** Free text for the header. */
  public SafetensorsWriter metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /**
   * Adds an array with its own shape and element type. It is kept, not copied.
   *
   * @throws IllegalArgumentException for a name that is taken or {@code __metadata__}, and for an
   *     element type other than FLOAT, DOUBLE, HALF, BFLOAT16, LONG and INT
   */
  public SafetensorsWriter add(String name, INDArray array) {
    return add(name, Elements.of(name, array.dataType()), array.shape(), () -> array);
  }

  /** Adds double-precision numbers. They are kept, not copied. */
  public SafetensorsWriter addDoubles(String name, double[] values, long... shape) {
    Entry entry =
        new Entry(
            name,
            Dtype.F64,
            shape.clone(),
            channel ->
                ArrayTransfer.write(
                    channel, values.length, 8, (i, out) -> out.putDouble(values[i])));
    requireCount(entry, values.length);
    return put(entry);
  }

  /** Adds 64-bit whole numbers. They are kept, not copied. */
  public SafetensorsWriter addLongs(String name, long[] values, long... shape) {
    Entry entry =
        new Entry(
            name,
            Dtype.I64,
            shape.clone(),
            channel ->
                ArrayTransfer.write(channel, values.length, 8, (i, out) -> out.putLong(values[i])));
    requireCount(entry, values.length);
    return put(entry);
  }

  /** Adds unsigned bytes. They are kept, not copied. */
  public SafetensorsWriter addBytes(String name, byte[] values, long... shape) {
    Entry entry =
        new Entry(
            name,
            Dtype.U8,
            shape.clone(),
            channel ->
                ArrayTransfer.write(channel, values.length, 1, (i, out) -> out.put(values[i])));
    requireCount(entry, values.length);
    return put(entry);
  }

  /**
   * Adds a tensor that is made when its turn to be written comes and not kept after that, so that
   * one tensor at a time is in memory.
   *
   * @param dtype element type in the file; numbers are rounded to the nearest, ties to even
   * @param shape what the array's shape will be
   * @param array called once, while the file is written
   * @throws IllegalArgumentException for a name that is taken or {@code __metadata__}, and for an
   *     element type other than F64, F32, F16, BF16, I64 and I32
   */
  public SafetensorsWriter add(String name, Dtype dtype, long[] shape, Supplier<INDArray> array) {
    if (!dtype.isFloat() && dtype != Dtype.I64 && dtype != Dtype.I32) {
      throw new IllegalArgumentException(
          "tensor '%s' cannot be written as %s, expected one of F64, F32, F16, BF16, I64, I32"
              .formatted(name, dtype));
    }
    long[] expected = shape.clone();
    return put(
        new Entry(
            name,
            dtype,
            expected,
            channel -> {
              INDArray made = array.get();
              if (!Arrays.equals(made.shape(), expected)) {
                throw new ShapeMismatchException(name, expected, made.shape());
              }
              ArrayTransfer.write(made, dtype, channel);
            }));
  }

  /** Adds a tensor of an open file, bytes and type unchanged; the file has to stay open. */
  public SafetensorsWriter copy(String name, SafetensorsFile file, String nameThere) {
    TensorInfo info = file.info(nameThere);
    return put(
        new Entry(name, info.dtype(), info.shape(), channel -> file.copyBytes(nameThere, channel)));
  }

  /**
   * Writes the file beside its place and renames it; an existing file is replaced.
   *
   * @throws CheckpointException if it cannot be written; then nothing is left
   */
  public void write(Path file) {
    List<Entry> ordered =
        entries.values().stream()
            .sorted(Comparator.comparing(Entry::dtype).reversed().thenComparing(Entry::name))
            .toList();
    byte[] header = header(file, ordered);
    AtomicFile.write(
        file,
        channel -> {
          ByteBuffer prefix = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
          AtomicFile.writeFully(channel, prefix.putLong(header.length).array());
          AtomicFile.writeFully(channel, header);
          for (Entry entry : ordered) {
            entry.body().writeTo(channel);
          }
        });
  }

  private byte[] header(Path file, List<Entry> ordered) {
    HeaderBuilder header = new HeaderBuilder(metadata);
    ordered.forEach(entry -> header.add(entry.name(), entry.dtype(), entry.shape(), entry.bytes()));
    return header.build(file);
  }

  private SafetensorsWriter put(Entry entry) {
    if (entry.name().equals(SafetensorsHeader.METADATA)) {
      throw new IllegalArgumentException(
          "a tensor cannot be named " + SafetensorsHeader.METADATA + ": no reader would find it");
    }
    if (entries.putIfAbsent(entry.name(), entry) != null) {
      throw new IllegalArgumentException("two tensors are named '" + entry.name() + "'");
    }
    return this;
  }

  private static void requireCount(Entry entry, int count) {
    int each = entry.dtype().bits() / 8;
    if (entry.bytes() != (long) each * count) {
      throw new IllegalArgumentException(
          "tensor '%s' of shape %s needs %d numbers, got %d"
              .formatted(
                  entry.name(), Arrays.toString(entry.shape()), entry.bytes() / each, count));
    }
  }
}
