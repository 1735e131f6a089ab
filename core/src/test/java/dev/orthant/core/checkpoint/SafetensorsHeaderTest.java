package dev.orthant.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SafetensorsHeaderTest {

  @TempDir Path folder;

  @Test
  void readsTheExampleOfTheFormatsDescription() throws IOException {
    Path file =
        file(
            """
            {"__metadata__":{"format":"pt"},"t":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}""",
            8);

    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      assertThat(open.names()).containsExactly("t");
      assertThat(open.info("t")).isEqualTo(new TensorInfo(Dtype.F32, new long[] {2, 1}, 0, 8));
      assertThat(open.metadata()).isEqualTo(Map.of("format", "pt"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{}      ",
        "  {}",
        "\n{\"t\":{\"dtype\":\"F32\",\"shape\":[0,3],\"data_offsets\":[0,0]}}",
        "{\"t\":{\"dtype\":\"F4\",\"shape\":[0],\"data_offsets\":[0,0],\"more\":[{}]}}",
        "{\"__metadata__\":null}"
      })
  void acceptsWhatTheReferenceAccepts(String header) throws IOException {
    Path file = file(header, 0);

    SafetensorsFile.open(file).close();

    assertThat(file).exists();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // not JSON, or not what it should be
        "`` | 0 | a JSON object was expected",
        "[] | 0 | a JSON object was expected",
        "{ | 0 | malformed",
        "{}x | 0 | malformed",
        "{}{} | 0 | something follows",
        "{\"t\":3} | 0 | tensor 't' must be an object",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1]}} | 4 | needs dtype, shape and two data_offsets",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}} | 4 | two data_offsets",
        "{\"t\":{\"dtype\":\"FP32\",\"shape\":[1],\"data_offsets\":[0,4]}} | 4 | unknown dtype 'FP32'",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}} | 4 | must not be negative, was -1",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}} | 4 | whole numbers",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}} | 4 | malformed",
        "{\"__metadata__\":{\"a\":1}} | 0 | __metadata__ 'a' must be a string",
        // duplicates, wherever they are
        "{\"t\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},\"t\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}} | 0 | Duplicate field 't'",
        "{\"t\":{\"dtype\":\"U8\",\"dtype\":\"I8\",\"shape\":[0],\"data_offsets\":[0,0]}} | 0 | Duplicate field 'dtype'",
        "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}} | 0 | Duplicate field 'a'",
        // InvalidOffset: gap at the start, gap between, overlap, end before begin
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | 8 | should begin at 0",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[2,3]}} | 3 | tensor 'b' has data_offsets [2, 3], it should begin at 1",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}} | 3 | should begin at 2",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}} | 1 | should begin at 1",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"b\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[1,0]}} | 1 | tensor 'b'",
        // ValidationOverflow
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]}} | 4 | larger than any file",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[2305843009213693951],\"data_offsets\":[0,4]}} | 4 | larger than any file",
        // MisalignedSlice
        "{\"t\":{\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,1]}} | 1 | whole bytes",
        // TensorInvalidInfo
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}} | 4 | takes 8 bytes, its data_offsets [0, 4] hold 4",
        // MetadataIncompleteBuffer
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | 3 | truncated: the header describes 4 bytes of tensors, the file holds 3",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | 5 | too long",
      })
  void refusesWhatTheReferenceRefuses(String header, int dataBytes, String message)
      throws IOException {
    Path file = file(header, dataBytes);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
  }

  @Test
  void refusesAFileTooShortForAHeader() throws IOException {
    Path file = Files.write(folder.resolve("m.safetensors"), new byte[7]);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("7 bytes");
  }

  @Test
  void refusesAHeaderLongerThanTheFile() throws IOException {
    Path file = prefixed(3, new byte[2]);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("header of 3 bytes in a file of 10");
  }

  @ParameterizedTest
  @ValueSource(longs = {100_000_001, Long.MAX_VALUE, -1})
  void refusesAHeaderBeyondTheLimitBeforeLookingAtTheFile(long length) throws IOException {
    Path file = prefixed(length, new byte[2]);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("header of " + Long.toUnsignedString(length) + " bytes, at most");
  }

  @Test
  void acceptsAHeaderOfTheLargestSizeAllowed() throws IOException {
    Path file = folder.resolve("m.safetensors");
    byte[] blanks = new byte[1_000_000];
    java.util.Arrays.fill(blanks, (byte) ' ');
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.write(length(100_000_000));
      for (int i = 0; i < 100; i++) {
        out.write(blanks);
      }
      out.seek(8);
      out.write("{}".getBytes(StandardCharsets.UTF_8));
    }

    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      assertThat(open.names()).isEmpty();
    }
  }

  @Test
  void refusesAHeaderThatIsNotUtf8() throws IOException {
    Path file = prefixed(4, new byte[] {'{', '"', (byte) 0xc3, '('});

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("header is not UTF-8 (at byte 10)");
  }

  @Test
  void refusesAByteOrderMark() throws IOException {
    Path file = file("\uFEFF{}", 0);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("a JSON object was expected");
  }

  @Test
  void namesAMissingFile() {
    Path file = folder.resolve("none.safetensors");

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("cannot be read: there is no " + file);
  }

  private Path file(String header, int dataBytes) throws IOException {
    byte[] bytes = header.getBytes(StandardCharsets.UTF_8);
    byte[] all = java.util.Arrays.copyOf(bytes, bytes.length + dataBytes);
    return prefixed(bytes.length, all);
  }

  private Path prefixed(long length, byte[] rest) throws IOException {
    Path file = folder.resolve("m.safetensors");
    Files.write(file, length(length));
    Files.write(file, rest, java.nio.file.StandardOpenOption.APPEND);
    return file;
  }

  private static byte[] length(long n) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(n).array();
  }
}
