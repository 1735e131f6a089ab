package dev.orthant.core.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Goes through the fields of one Protocol Buffers message. */
final class ProtobufMessage {

  private final Path file;
  private final String format;
  private final ByteBuffer bytes;
  private int field;
  private int wireType;
  private long number;
  private ByteBuffer content;

  /**
   * @param file for messages
   * @param format for messages: what the file should be, with its article
   * @param bytes from its position to its limit; not modified
   */
  ProtobufMessage(Path file, String format, ByteBuffer bytes) {
    this.file = file;
    this.format = format;
    this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    this.content = this.bytes;
  }

  /** Moves on to the next field. */
  boolean next() {
    if (!bytes.hasRemaining()) {
      return false;
    }
    long tag = varint();
    field = (int) (tag >>> 3);
    wireType = (int) (tag & 7);
    if (field < 1) {
      throw malformed();
    }
    switch (wireType) {
      case 0 -> number = varint();
      case 1 -> content = take(8);
      case 2 -> content = take(varint());
      case 5 -> content = take(4);
      default -> throw malformed();
    }
    return true;
  }

  /** The number of the field. */
  int field() {
    return field;
  }

  /** Whether the field's value has a length: text, bytes, a message, or packed numbers. */
  boolean isLengthDelimited() {
    return wireType == 2;
  }

  /** A whole number. */
  long number() {
    if (wireType != 0) {
      throw malformed();
    }
    return number;
  }

  /** Text, bytes, packed numbers or one number of fixed size; little-endian. */
  ByteBuffer bytes() {
    if (wireType == 0) {
      throw malformed();
    }
    return content.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Text. */
  String text() {
    return StandardCharsets.UTF_8.decode(bytes()).toString();
  }

  /** A message within this one. */
  ProtobufMessage message() {
    return new ProtobufMessage(file, format, bytes());
  }

  /** Reads whole numbers, packed or one. */
  long[] numbers() {
    if (wireType == 0) {
      return new long[] {number};
    }
    ProtobufMessage packed = message();
    long[] values = new long[packed.bytes.remaining()];
    int n = 0;
    while (packed.bytes.hasRemaining()) {
      values[n++] = packed.varint();
    }
    return java.util.Arrays.copyOf(values, n);
  }

  private ByteBuffer take(long length) {
    if (length < 0 || length > bytes.remaining()) {
      throw malformed();
    }
    ByteBuffer slice = bytes.slice().limit((int) length);
    bytes.position(bytes.position() + (int) length);
    return slice.slice();
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (!bytes.hasRemaining()) {
        throw malformed();
      }
      byte b = bytes.get();
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw malformed();
  }

  private CheckpointException malformed() {
    return new CheckpointException(file, "truncated, or not " + format);
  }
}
