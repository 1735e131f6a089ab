package dev.orthant.core.checkpoint;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads a sorted table as LevelDB writes it, which is the form of TensorFlow's index of variables:
 * blocks of keys and values, an index of the blocks, and a footer.
 */
final class LevelDbTable {

  /*
   * Footer, 48 bytes: handle of the metaindex, handle of the index (each offset and size as
   * varints), padding, magic number. A block: entries, restart offsets (4 bytes each), their number
   * (4 bytes); after it one byte for the compression and a masked CRC of block and byte. An entry:
   * length shared with the last key, length of the rest, length of the value, rest, value.
   */

  private static final int FOOTER = 48;
  private static final long MAGIC = 0xdb4775248b80fb57L;
  private static final int TRAILER = 5;
  private static final byte UNCOMPRESSED = 0;
  private static final byte SNAPPY = 1;

  private final Path file;
  private final ByteBuffer bytes;

  private LevelDbTable(Path file, byte[] bytes) {
    this.file = file;
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * All entries, in order.
   *
   * @param file for messages
   * @throws CheckpointException if it is no such table, is damaged, or has compressed blocks
   */
  static Map<String, byte[]> read(Path file, byte[] bytes) {
    return new LevelDbTable(file, bytes).entries();
  }

  private Map<String, byte[]> entries() {
    int end = bytes.capacity();
    if (end < FOOTER || bytes.getLong(end - 8) != MAGIC) {
      throw new CheckpointException(
          file, "is not an index of TensorFlow variables: it does not end with their magic number");
    }
    ByteBuffer footer = at(end - FOOTER, FOOTER - 8);
    varint(footer); // metaindex, of no use here
    varint(footer);
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try {
      for (byte[] handle : block(footer).values()) {
        entries.putAll(block(ByteBuffer.wrap(handle)));
      }
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw damaged("a block ends too early", e);
    }
    return entries;
  }

  private Map<String, byte[]> block(ByteBuffer handle) {
    long offset = varint(handle);
    long size = varint(handle);
    if (offset < 0 || size < 4 || offset > bytes.capacity() - TRAILER - size) {
      throw damaged("block of %d bytes at %d is not within it".formatted(size, offset), null);
    }
    ByteBuffer trailer = at((int) (offset + size), TRAILER);
    byte compression = trailer.get();
    if (compression != UNCOMPRESSED) {
      throw new CheckpointException(
          file,
          "block is compressed (%s), which is not read; TensorFlow writes its indices uncompressed"
              .formatted(compression == SNAPPY ? "Snappy" : "type " + compression),
          offset);
    }
    CRC32C crc = new CRC32C();
    crc.update(at((int) offset, (int) size + 1));
    if (masked(crc.getValue()) != trailer.getInt()) {
      throw new CheckpointException(file, "is damaged: wrong checksum of a block", offset);
    }
    ByteBuffer block = at((int) offset, (int) size);
    int restarts = block.getInt((int) size - 4);
    long entriesEnd = size - 4 - 4L * restarts;
    if (restarts < 0 || entriesEnd < 0) {
      throw damaged("a block of %d bytes has %d restarts".formatted(size, restarts), null);
    }
    return entries(block.limit((int) entriesEnd));
  }

  private static Map<String, byte[]> entries(ByteBuffer block) {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    byte[] key = {};
    while (block.hasRemaining()) {
      int shared = Math.toIntExact(varint(block));
      int rest = Math.toIntExact(varint(block));
      int length = Math.toIntExact(varint(block));
      if (shared > key.length || rest > block.remaining() || length > block.remaining() - rest) {
        throw new BufferUnderflowException();
      }
      key = Arrays.copyOf(key, shared + rest);
      block.get(key, shared, rest);
      byte[] value = new byte[length];
      block.get(value);
      entries.put(new String(key, StandardCharsets.UTF_8), value);
    }
    return entries;
  }

  private ByteBuffer at(int offset, int length) {
    return bytes.slice(offset, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static long varint(ByteBuffer from) {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      byte b = from.get();
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new BufferUnderflowException();
  }

  /** The checksum as it is stored, so that one of data with checksums in it is still of use. */
  static int masked(long crc) {
    return Integer.rotateRight((int) crc, 15) + 0xa282ead8;
  }

  private CheckpointException damaged(String how, @Nullable Exception cause) {
    return new CheckpointException(file, "is damaged: " + how, cause);
  }
}
