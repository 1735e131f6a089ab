package dev.orthant.core.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the fields of one Protocol Buffers message. Contents that are large are made when their
 * turn to be written comes, so their length has to be known before.
 */
final class ProtobufWriter {

  private static final int VARINT = 0;
  private static final int WITH_LENGTH = 2;
  private static final int FOUR_BYTES = 5;

  /** Contents that are made when they are written. */
  @FunctionalInterface
  interface Contents {
    void writeTo(WritableByteChannel channel) throws IOException;
  }

  private final List<Contents> pieces = new ArrayList<>();
  private long size;

  /** The length in bytes. */
  long size() {
    return size;
  }

  /** A whole number. */
  ProtobufWriter number(int field, long value) {
    ByteArrayOutputStream bytes = tag(field, VARINT);
    varint(value, bytes);
    return add(bytes.toByteArray());
  }

  /** A number in single precision. */
  ProtobufWriter decimal(int field, float value) {
    ByteArrayOutputStream bytes = tag(field, FOUR_BYTES);
    ByteBuffer four = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.writeBytes(four.putFloat(value).array());
    return add(bytes.toByteArray());
  }

  /** Text. */
  ProtobufWriter text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  /** Bytes. */
  ProtobufWriter bytes(int field, byte[] value) {
    return later(field, value.length, channel -> writeFully(channel, value));
  }

  /** A message, which is complete: fields that it gets later would be lost. */
  ProtobufWriter message(int field, ProtobufWriter message) {
    return later(field, message.size, message::writeTo);
  }

  /** So many bytes that are made when they are written. */
  ProtobufWriter later(int field, long length, Contents contents) {
    ByteArrayOutputStream bytes = tag(field, WITH_LENGTH);
    varint(length, bytes);
    add(bytes.toByteArray());
    pieces.add(contents);
    size += length;
    return this;
  }

  /** Writes the fields in the order that they were added in. */
  void writeTo(WritableByteChannel channel) throws IOException {
    for (Contents piece : pieces) {
      piece.writeTo(channel);
    }
  }

  private ProtobufWriter add(byte[] bytes) {
    pieces.add(channel -> writeFully(channel, bytes));
    size += bytes.length;
    return this;
  }

  private static ByteArrayOutputStream tag(int field, int wireType) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    varint((long) field << 3 | wireType, bytes);
    return bytes;
  }

  private static void varint(long value, ByteArrayOutputStream to) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      to.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    to.write((int) rest);
  }

  private static void writeFully(WritableByteChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }
}
