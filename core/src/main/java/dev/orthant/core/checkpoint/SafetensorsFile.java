package dev.orthant.core.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An open safetensors file, of any size. The header is read and checked as the reference
 * implementation does when the file is opened; tensors are read when asked for. Safe for use by
 * several threads.
 */
public final class SafetensorsFile implements TensorSource, AutoCloseable {

  /*
   * Tensors are read at their position through a buffer of a few MiB instead of being mapped: a
   * mapping is released only by the garbage collector, keeps the file from being replaced on some
   * systems, and turns a file that somebody truncates into a crash of the virtual machine.
   */

  private static final int BUFFER = 8 * ArrayTransfer.CHUNK;
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  private final Path path;
  private final FileChannel channel;
  private final SafetensorsHeader header;

  private SafetensorsFile(Path path, FileChannel channel, SafetensorsHeader header) {
    this.path = path;
    this.channel = channel;
    this.header = header;
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws CheckpointException if it cannot be read or is not a valid safetensors file
   */
  public static SafetensorsFile open(Path path) {
    FileChannel channel = null;
    boolean opened = false;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
      SafetensorsHeader header = SafetensorsHeader.read(path, channel);
      opened = true;
      return new SafetensorsFile(path, channel, header);
    } catch (IOException e) {
      throw CheckpointException.reading(path, e);
    } finally {
      if (!opened && channel != null) {
        closeQuietly(channel);
      }
    }
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // it was open for reading only, and what made us close it is thrown already
    }
  }

  /** Where the file is. */
  public Path path() {
    return path;
  }

  /** The free text of the header; {@code format = pt} in files for PyTorch. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /** {@inheritDoc} The order is that of the bytes in the file. */
  @Override
  public Set<String> names() {
    return header.tensors().keySet();
  }

  @Override
  public TensorInfo info(String name) {
    TensorInfo info = header.tensors().get(name);
    if (info == null) {
      throw new CheckpointException(
          path,
          "no tensor '%s' among its %d%s"
              .formatted(
                  name,
                  names().size(),
                  names().isEmpty()
                      ? ""
                      : ", which are "
                          + String.join(", ", names().stream().limit(3).toList())
                          + (names().size() > 3 ? ", ..." : "")));
    }
    return info;
  }

  @Override
  public INDArray read(String name) {
    TensorInfo info = info(name);
    requireFloat(name, info);
    Cursor cursor = new Cursor(info);
    return ArrayTransfer.read(
        info.shape(),
        (into, count) -> Elements.toFloats(info.dtype(), cursor.next(count), into, count));
  }

  /**
   * A floating-point tensor in double precision, flat.
   *
   * @throws CheckpointException if there is no such tensor, or it does not hold real numbers
   */
  public double[] readDoubles(String name) {
    TensorInfo info = info(name);
    requireFloat(name, info);
    double[] values = new double[arraySize(name, info)];
    Cursor cursor = new Cursor(info);
    for (int from = 0; from < values.length; from += ArrayTransfer.CHUNK) {
      int to = from + Math.min(ArrayTransfer.CHUNK, values.length - from);
      ByteBuffer bytes = cursor.next(to - from);
      for (int i = from; i < to; i++) {
        values[i] = Elements.toDouble(info.dtype(), bytes);
      }
    }
    return values;
  }

  /**
   * A tensor of whole numbers, or of truth values as 0 and 1, flat.
   *
   * @throws CheckpointException if there is no such tensor, it does not hold whole numbers, or one
   *     is beyond a long
   */
  public long[] readLongs(String name) {
    TensorInfo info = info(name);
    if (!info.dtype().isInteger()) {
      throw new CheckpointException(
          path, "tensor '%s' is %s, expected whole numbers".formatted(name, info));
    }
    long[] values = new long[arraySize(name, info)];
    Cursor cursor = new Cursor(info);
    for (int from = 0; from < values.length; from += ArrayTransfer.CHUNK) {
      int to = from + Math.min(ArrayTransfer.CHUNK, values.length - from);
      ByteBuffer bytes = cursor.next(to - from);
      for (int i = from; i < to; i++) {
        values[i] = Elements.toLong(info.dtype(), bytes);
        if (info.dtype() == Dtype.U64 && values[i] < 0) {
          throw new CheckpointException(
              path,
              "tensor '%s' holds %s, which is beyond a signed 64-bit number"
                  .formatted(name, Long.toUnsignedString(values[i])));
        }
      }
    }
    return values;
  }

  /** Fills a buffer with a tensor's bytes from an offset within it. */
  void readBytes(TensorInfo info, long from, ByteBuffer into) {
    try {
      SafetensorsHeader.readFully(path, channel, into, header.dataStart() + info.begin() + from);
    } catch (IOException e) {
      throw CheckpointException.reading(path, e);
    }
  }

  /** Copies a tensor's bytes as they are. */
  void copyBytes(String name, WritableByteChannel to) throws IOException {
    TensorInfo info = info(name);
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(BUFFER, Math.max(1, info.bytes())));
    for (long at = 0; at < info.bytes(); at += buffer.capacity()) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), info.bytes() - at));
      SafetensorsHeader.readFully(path, channel, buffer, header.dataStart() + info.begin() + at);
      buffer.flip();
      while (buffer.hasRemaining()) {
        to.write(buffer);
      }
    }
  }

  /** Closes the file; what was read stays valid. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw CheckpointException.reading(path, e);
    }
  }

  private void requireFloat(String name, TensorInfo info) {
    if (!info.dtype().isFloat()) {
      throw new CheckpointException(
          path, "tensor '%s' is %s, expected one of F64, F32, F16, BF16".formatted(name, info));
    }
  }

  private int arraySize(String name, TensorInfo info) {
    if (info.elements() > MAX_ARRAY) {
      throw new CheckpointException(
          path,
          "tensor '%s' %s has %d elements, a Java array holds at most %d"
              .formatted(name, info, info.elements(), MAX_ARRAY));
    }
    return (int) info.elements();
  }

  /** Reads a tensor from its first element to its last. */
  private final class Cursor {

    private final int elementBytes;
    private final ByteBuffer buffer;
    private long position;

    Cursor(TensorInfo info) {
      this.elementBytes = info.dtype().bits() / 8;
      this.position = header.dataStart() + info.begin();
      this.buffer =
          ByteBuffer.allocate((int) Math.min(info.elements(), ArrayTransfer.CHUNK) * elementBytes)
              .order(ByteOrder.LITTLE_ENDIAN);
    }

    ByteBuffer next(int elements) {
      buffer.clear().limit(elements * elementBytes);
      try {
        SafetensorsHeader.readFully(path, channel, buffer, position);
      } catch (IOException e) {
        throw CheckpointException.reading(path, e);
      }
      position += buffer.limit();
      return buffer.flip();
    }
  }
}
