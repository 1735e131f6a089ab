package dev.orthant.core.train;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/*
 * TensorFlow's formats, as its tfrecord documentation and its event.proto and summary.proto define
 * them. A record is
 *
 *   uint64 length, uint32 masked CRC-32C of the length, bytes, uint32 masked CRC-32C of the bytes
 *
 * little-endian; the mask of a checksum c is (c rotated right by 15) + 0xa282ead8. The bytes are an
 * Event: wall_time = 1 (double), step = 2 (int64), and either file_version = 3 (string) in the first
 * record or summary = 5, a Summary of value = 1 with tag = 1 (string) and simple_value = 2 (float).
 */
/**
 * The records of {@code metrics.jsonl} once more, as an event file that TensorBoard shows: {@code
 * train/loss}, {@code train/learning_rate}, {@code eval/accuracy} and so on by step. What has no
 * number is left out.
 */
final class EventLog {

  /** TensorBoard looks for names with "tfevents". */
  static final String NAME = "events.out.tfevents.0.orthant";

  private static final String VERSION = "brain.Event:2";
  private static final String SCORE = "eval_";
  private static final String STEP = "step";
  private static final int MASK = 0xa282ead8;
  private static final int FIXED_64 = 1;
  private static final int DELIMITED = 2;
  private static final int FIXED_32 = 5;
  private static final int VARINT = 0;

  private final Path file;
  private final Clock clock;

  /**
   * @param folder of the training
   * @param clock that tells when a record is written
   */
  EventLog(Path folder, Clock clock) {
    this.file = folder.resolve(NAME);
    this.clock = clock;
  }

  /** Begins the file anew with these records: none, or those of the checkpoint resumed from. */
  void restart(List<Map<String, Object>> history) {
    Message version = time();
    version.text(3, VERSION);
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    records.writeBytes(record(version.bytes()));
    history.forEach(entry -> records.writeBytes(record(event(entry))));
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(file, records.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  void append(Map<String, Object> entry) {
    try {
      Files.write(file, record(event(entry)), StandardOpenOption.APPEND, StandardOpenOption.CREATE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  private byte[] event(Map<String, Object> entry) {
    Message summary = new Message();
    entry.forEach(
        (key, value) -> {
          if (!key.equals(STEP) && value instanceof Number number) {
            Message scalar = new Message();
            scalar.text(1, tag(key));
            scalar.number(2, number.floatValue());
            summary.message(1, scalar);
          }
        });
    Message event = time();
    if (entry.get(STEP) instanceof Number step) {
      event.whole(2, step.longValue());
    }
    event.message(5, summary);
    return event.bytes();
  }

  private Message time() {
    Message event = new Message();
    event.number(1, clock.millis() / 1e3);
    return event;
  }

  private static String tag(String key) {
    return key.startsWith(SCORE) ? "eval/" + key.substring(SCORE.length()) : "train/" + key;
  }

  private static byte[] record(byte[] bytes) {
    ByteBuffer record =
        ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES + bytes.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(bytes.length);
    record.putInt(masked(record.array(), Long.BYTES));
    record.put(bytes);
    record.putInt(masked(bytes, bytes.length));
    return record.array();
  }

  private static int masked(byte[] bytes, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, length);
    return Integer.rotateRight((int) checksum.getValue(), 15) + MASK;
  }

  /** A Protocol Buffers message that grows field by field. */
  private static final class Message {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    void whole(int field, long value) {
      varint((long) field << 3 | VARINT);
      varint(value);
    }

    void number(int field, double value) {
      varint((long) field << 3 | FIXED_64);
      little(Long.BYTES, Double.doubleToRawLongBits(value));
    }

    void number(int field, float value) {
      varint((long) field << 3 | FIXED_32);
      little(Integer.BYTES, Float.floatToRawIntBits(value));
    }

    void text(int field, String text) {
      delimited(field, text.getBytes(StandardCharsets.UTF_8));
    }

    void message(int field, Message message) {
      delimited(field, message.bytes());
    }

    byte[] bytes() {
      return out.toByteArray();
    }

    private void delimited(int field, byte[] bytes) {
      varint((long) field << 3 | DELIMITED);
      varint(bytes.length);
      out.writeBytes(bytes);
    }

    private void varint(long value) {
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        out.write((int) (rest & 0x7f | 0x80));
        rest >>>= 7;
      }
      out.write((int) rest);
    }

    private void little(int bytes, long bits) {
      for (int i = 0; i < bytes; i++) {
        out.write((int) (bits >>> 8 * i));
      }
    }
  }
}
