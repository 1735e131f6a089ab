package dev.orthant.core.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The header of a safetensors file.
 *
 * @param tensors name to description, in the order of the bytes
 * @param metadata the free text under {@code __metadata__}
 * @param dataStart the first byte after the header
 */
record SafetensorsHeader(
    Map<String, TensorInfo> tensors, Map<String, String> metadata, long dataStart) {

  /*
   * The checks and their order are those of the reference implementation, so that a file is good
   * here if and only if it is good there: sizes, UTF-8, JSON and types, then tensor by tensor in
   * the order of the bytes (no gap, no overlap, no overflow, whole bytes, size as the shape says),
   * then the length of the file. One check is stricter: JSON names must not repeat, also within
   * unknown fields and in __metadata__, since parsers differ in which of two they keep.
   */

  static final String METADATA = "__metadata__";
  static final long MAX_BYTES = 100_000_000;

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  static SafetensorsHeader read(Path file, FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < 8) {
      throw new CheckpointException(
          file, "not a safetensors file: %d bytes, the header alone takes 8".formatted(size));
    }
    ByteBuffer prefix = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    readFully(file, channel, prefix, 0);
    long length = prefix.flip().getLong();
    if (length < 0 || length > MAX_BYTES) {
      throw new CheckpointException(
          file,
          "not a safetensors file: header of %s bytes, at most %d are allowed"
              .formatted(Long.toUnsignedString(length), MAX_BYTES),
          0);
    }
    if (8 + length > size) {
      throw new CheckpointException(
          file,
          "truncated or not a safetensors file: header of %d bytes in a file of %d"
              .formatted(length, size),
          0);
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) length);
    readFully(file, channel, bytes, 8);
    bytes.flip();
    requireUtf8(file, bytes.duplicate());
    SafetensorsHeader header = parse(file, bytes.array(), 8 + length);
    header.requireLayout(file, size);
    return header;
  }

  /** Fills the buffer from a position in the file. */
  static void readFully(Path file, FileChannel channel, ByteBuffer into, long position)
      throws IOException {
    long at = position;
    while (into.hasRemaining()) {
      int n = channel.read(into, at);
      if (n < 0) {
        throw new CheckpointException(
            file, "ends before " + into.remaining() + " more bytes that should be there", at);
      }
      at += n;
    }
  }

  private static void requireUtf8(Path file, ByteBuffer bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CharBuffer sink = CharBuffer.allocate(8192);
    CoderResult result;
    do {
      sink.clear();
      result = decoder.decode(bytes, sink, true);
    } while (result.isOverflow());
    try {
      if (result.isError()) {
        result.throwException();
      }
    } catch (CharacterCodingException e) {
      throw new CheckpointException(file, "header is not UTF-8", 8L + bytes.position());
    }
  }

  private static SafetensorsHeader parse(Path file, byte[] bytes, long dataStart) {
    Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    String text = new String(bytes, StandardCharsets.UTF_8);
    try (JsonParser json = JSON.createParser(text)) {
      if (text.startsWith("\uFEFF") || json.nextToken() != JsonToken.START_OBJECT) {
        throw malformed(file, "a JSON object was expected", 8);
      }
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = json.currentName();
        json.nextToken();
        if (name.equals(METADATA)) {
          readMetadata(file, json, metadata);
        } else {
          tensors.put(name, readTensor(file, json, name));
        }
      }
      if (json.nextToken() != null) {
        throw malformed(file, "something follows the JSON object", offset(json));
      }
    } catch (JsonProcessingException e) {
      long at = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getCharOffset());
      throw malformed(file, e.getOriginalMessage(), 8 + at);
    } catch (IOException e) {
      throw CheckpointException.reading(file, e);
    }
    return new SafetensorsHeader(sorted(tensors), Collections.unmodifiableMap(metadata), dataStart);
  }

  private static Map<String, TensorInfo> sorted(Map<String, TensorInfo> tensors) {
    List<Map.Entry<String, TensorInfo>> entries = new ArrayList<>(tensors.entrySet());
    entries.sort(
        Comparator.comparingLong((Map.Entry<String, TensorInfo> e) -> e.getValue().begin())
            .thenComparingLong(e -> e.getValue().end()));
    Map<String, TensorInfo> result = new LinkedHashMap<>();
    entries.forEach(e -> result.put(e.getKey(), e.getValue()));
    return Collections.unmodifiableMap(result);
  }

  private static void readMetadata(Path file, JsonParser json, Map<String, String> metadata)
      throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return;
    }
    requireToken(file, json, JsonToken.START_OBJECT, METADATA + " must be an object");
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      json.nextToken();
      requireToken(
          file, json, JsonToken.VALUE_STRING, METADATA + " '" + key + "' must be a string");
      metadata.put(key, json.getText());
    }
  }

  private static TensorInfo readTensor(Path file, JsonParser json, String name) throws IOException {
    requireToken(file, json, JsonToken.START_OBJECT, "tensor '" + name + "' must be an object");
    Dtype dtype = null;
    long[] shape = null;
    long[] offsets = null;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String field = json.currentName();
      json.nextToken();
      switch (field) {
        case "dtype" -> dtype = readDtype(file, json, name);
        case "shape" -> shape = readSizes(file, json, name, field);
        case "data_offsets" -> offsets = readSizes(file, json, name, field);
        default -> json.skipChildren();
      }
    }
    if (dtype == null || shape == null || offsets == null || offsets.length != 2) {
      throw malformed(
          file,
          "tensor '%s' needs dtype, shape and two data_offsets, has %s, %s and %s"
              .formatted(name, dtype, Arrays.toString(shape), Arrays.toString(offsets)),
          offset(json));
    }
    return new TensorInfo(dtype, shape, offsets[0], offsets[1]);
  }

  private static Dtype readDtype(Path file, JsonParser json, String name) throws IOException {
    requireToken(
        file, json, JsonToken.VALUE_STRING, "dtype of tensor '" + name + "' must be a string");
    String text = json.getText();
    for (Dtype d : Dtype.values()) {
      if (d.name().equals(text)) {
        return d;
      }
    }
    throw malformed(
        file, "tensor '%s' has the unknown dtype '%s'".formatted(name, text), offset(json));
  }

  private static long[] readSizes(Path file, JsonParser json, String name, String field)
      throws IOException {
    String where = "%s of tensor '%s'".formatted(field, name);
    requireToken(file, json, JsonToken.START_ARRAY, where + " must be an array");
    long[] sizes = new long[4];
    int n = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      requireToken(file, json, JsonToken.VALUE_NUMBER_INT, where + " must hold whole numbers");
      long value = json.getLongValue(); // beyond a long: refused by the parser, with the number
      if (value < 0) {
        throw malformed(file, where + " must not be negative, was " + value, offset(json));
      }
      if (n == sizes.length) {
        sizes = Arrays.copyOf(sizes, 2 * n);
      }
      sizes[n++] = value;
    }
    return Arrays.copyOf(sizes, n);
  }

  private static void requireToken(Path file, JsonParser json, JsonToken expected, String what)
      throws IOException {
    @Nullable JsonToken actual = json.currentToken();
    if (actual != expected) {
      throw malformed(file, what, offset(json));
    }
  }

  private static long offset(JsonParser json) {
    return 8 + Math.max(0, json.currentTokenLocation().getCharOffset());
  }

  private static CheckpointException malformed(Path file, String what, long at) {
    return new CheckpointException(file, "malformed safetensors header: " + what, at);
  }

  private void requireLayout(Path file, long size) {
    long start = 0;
    for (Map.Entry<String, TensorInfo> e : tensors.entrySet()) {
      String name = e.getKey();
      TensorInfo info = e.getValue();
      if (info.begin() != start || info.end() < info.begin()) {
        throw new CheckpointException(
            file,
            "tensor '%s' has data_offsets [%d, %d], it should begin at %d"
                .formatted(name, info.begin(), info.end(), start));
      }
      long bits = bits(file, name, info);
      if (bits % 8 != 0) {
        throw new CheckpointException(
            file, "tensor '%s' %s does not fill whole bytes".formatted(name, info));
      }
      if (info.bytes() != bits / 8) {
        throw new CheckpointException(
            file,
            "tensor '%s' %s takes %d bytes, its data_offsets [%d, %d] hold %d"
                .formatted(name, info, bits / 8, info.begin(), info.end(), info.bytes()));
      }
      start = info.end();
    }
    if (start != size - dataStart) {
      throw new CheckpointException(
          file,
          "%s: the header describes %d bytes of tensors, the file holds %d"
              .formatted(
                  start > size - dataStart ? "truncated" : "too long", start, size - dataStart));
    }
  }

  private static long bits(Path file, String name, TensorInfo info) {
    try {
      long elements = 1;
      for (long d : info.shape()) {
        elements = Math.multiplyExact(elements, d);
      }
      return Math.multiplyExact(elements, info.dtype().bits());
    } catch (ArithmeticException e) {
      throw new CheckpointException(
          file, "tensor '%s' %s is larger than any file".formatted(name, info));
    }
  }
}
