package dev.orthant.core.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Builds the JSON of a safetensors header, padded with spaces to a multiple of 8. */
final class HeaderBuilder {

  private static final JsonFactory JSON = new JsonFactory();

  private final Map<String, String> metadata;
  private final List<Entry> entries = new ArrayList<>();
  private long end;

  private record Entry(String name, Dtype dtype, long[] shape, long begin, long end) {}

  /**
   * @param metadata free text
   */
  HeaderBuilder(Map<String, String> metadata) {
    this.metadata = new TreeMap<>(metadata);
  }

  /** Appends a tensor; its first byte, counted from the end of the header. */
  long add(String name, Dtype dtype, long[] shape, long bytes) {
    long begin = end;
    end = Math.addExact(begin, bytes);
    entries.add(new Entry(name, dtype, shape, begin, end));
    return begin;
  }

  /** The bytes of all tensors. */
  long dataBytes() {
    return end;
  }

  /**
   * The header without the eight bytes that tell its length.
   *
   * @param file for messages
   */
  byte[] build(Path file) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(SafetensorsHeader.METADATA);
        for (Map.Entry<String, String> e : metadata.entrySet()) {
          json.writeStringField(e.getKey(), e.getValue());
        }
        json.writeEndObject();
      }
      for (Entry entry : entries) {
        json.writeObjectFieldStart(entry.name());
        json.writeStringField("dtype", entry.dtype().name());
        json.writeFieldName("shape");
        json.writeArray(entry.shape(), 0, entry.shape().length);
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {entry.begin(), entry.end()}, 0, 2);
        json.writeEndObject();
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw CheckpointException.writing(file, e);
    }
    while (bytes.size() % 8 != 0) {
      bytes.write(' ');
    }
    if (bytes.size() > SafetensorsHeader.MAX_BYTES) {
      throw new CheckpointException(
          file,
          "cannot be written: a header of %d bytes, at most %d are allowed"
              .formatted(bytes.size(), SafetensorsHeader.MAX_BYTES));
    }
    return bytes.toByteArray();
  }
}
