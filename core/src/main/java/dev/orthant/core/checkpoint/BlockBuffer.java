package dev.orthant.core.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.Checksum;

/**
 * Moves blocks of a tensor's elements between files and arrays on the heap, through one buffer that
 * is used again and again. For one thread at a time.
 */
public final class BlockBuffer {

  /*
   * The buffer is as small as a second-level cache, so that the bytes of a block are still there
   * when they are turned into numbers; and it is never given back, since the first touch of fresh
   * memory costs more than everything else that is done to a byte here.
   */

  private final ByteBuffer bytes;

  /**
   * @param capacity the most bytes that are moved at once
   */
  public BlockBuffer(int capacity) {
    this.bytes = ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Reads some elements of a floating-point tensor in single precision.
   *
   * @param from the first element
   * @param into overwritten from its start
   * @throws CheckpointException if there is no such tensor, it does not hold real numbers, or the
   *     file cannot be read
   */
  public void read(SafetensorsFile file, String name, long from, float[] into, int count) {
    TensorInfo info = file.info(name);
    if (!info.dtype().isFloat()) {
      throw new CheckpointException(
          file.path(),
          "tensor '%s' is %s, expected one of F64, F32, F16, BF16".formatted(name, info));
    }
    int size = info.dtype().bits() / 8;
    int most = bytes.capacity() / size;
    for (int done = 0; done < count; done += most) {
      int part = Math.min(most, count - done);
      fill(file, info, (from + done) * size, part * size);
      Elements.toFloats(info.dtype(), bytes, into, done, part);
    }
  }

  /**
   * Writes elements at a place in a file, rounded to the nearest, ties to even.
   *
   * @param checksum told the bytes
   */
  public void write(
      Path path,
      FileChannel channel,
      long position,
      Dtype dtype,
      float[] values,
      int count,
      Checksum checksum) {
    int size = dtype.bits() / 8;
    int most = bytes.capacity() / size;
    for (int done = 0; done < count; done += most) {
      int part = Math.min(most, count - done);
      bytes.clear().limit(part * size);
      Elements.fromFloats(dtype, values, done, part, bytes);
      bytes.position(0);
      checksum.update(bytes.duplicate());
      drain(path, channel, position + (long) done * size);
    }
  }

  /**
   * Copies a tensor's bytes as they are.
   *
   * @param from the first byte, counted from the tensor's start
   * @param checksum told the bytes
   */
  public void copy(
      SafetensorsFile file,
      String name,
      long from,
      long count,
      Path path,
      FileChannel channel,
      long position,
      Checksum checksum) {
    TensorInfo info = file.info(name);
    for (long done = 0; done < count; done += bytes.capacity()) {
      fill(file, info, from + done, (int) Math.min(bytes.capacity(), count - done));
      checksum.update(bytes.duplicate());
      drain(path, channel, position + done);
    }
  }

  /** Tells a checksum the bytes of a part of a file; false if the file ends before. */
  public boolean update(
      Path path, FileChannel channel, long position, long count, Checksum checksum) {
    for (long done = 0; done < count; done += bytes.capacity()) {
      bytes.clear().limit((int) Math.min(bytes.capacity(), count - done));
      try {
        while (bytes.hasRemaining()) {
          if (channel.read(bytes, position + done + bytes.position()) < 0) {
            return false;
          }
        }
      } catch (IOException e) {
        throw CheckpointException.reading(path, e);
      }
      checksum.update(bytes.flip());
    }
    return true;
  }

  private void fill(SafetensorsFile file, TensorInfo info, long from, int count) {
    bytes.clear().limit(count);
    file.readBytes(info, from, bytes);
    bytes.flip();
  }

  private void drain(Path path, FileChannel channel, long position) {
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes, position + bytes.position());
      }
    } catch (IOException e) {
      throw CheckpointException.writing(path, e);
    }
  }
}
