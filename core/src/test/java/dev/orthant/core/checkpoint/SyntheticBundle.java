package dev.orthant.core.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * Writes variables as TensorFlow does, from the description of its formats: an index and a file.
 */
final class SyntheticBundle {

  private static final int RESTART_INTERVAL = 16;
  private static final int ENTRIES_A_BLOCK = 5;

  private final Map<String, float[]> values = new TreeMap<>();
  private final Map<String, long[]> shapes = new TreeMap<>();

  SyntheticBundle add(String name, float[] numbers, long... shape) {
    values.put(name, numbers);
    shapes.put(name, shape);
    return this;
  }

  /** Writes {@code NAME.index} and {@code NAME.data-00000-of-00001}. */
  Path write(Path folder, String name) throws IOException {
    Files.createDirectories(folder);
    Map<String, byte[]> entries = new TreeMap<>();
    entries.put("", message(1, 1, 2, 0)); // one file, little-endian
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (Map.Entry<String, float[]> e : values.entrySet()) {
      ByteBuffer bytes =
          ByteBuffer.allocate(4 * e.getValue().length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(e.getValue());
      entries.put(e.getKey(), entry(shapes.get(e.getKey()), data.size(), bytes.array()));
      data.write(bytes.array());
    }
    entries.put("global_step", message(1, 9, 4, 0, 5, 8)); // an int64, of no use to anybody
    Files.write(folder.resolve(name + ".data-00000-of-00001"), data.toByteArray());
    return Files.write(folder.resolve(name + ".index"), table(entries));
  }

  private static byte[] entry(long[] shape, int offset, byte[] data) throws IOException {
    ByteArrayOutputStream dims = new ByteArrayOutputStream();
    for (long d : shape) {
      lengthDelimited(dims, 2, message(1, d));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(message(1, 1)); // DT_FLOAT
    lengthDelimited(out, 2, dims.toByteArray());
    out.write(message(4, offset, 5, data.length));
    out.write(6 << 3 | 5);
    fixed32(out, masked(data));
    return out.toByteArray();
  }

  /** Numbered fields of whole numbers. */
  private static byte[] message(long... fieldsAndNumbers) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < fieldsAndNumbers.length; i += 2) {
      varint(out, fieldsAndNumbers[i] << 3);
      varint(out, fieldsAndNumbers[i + 1]);
    }
    return out.toByteArray();
  }

  private static void lengthDelimited(ByteArrayOutputStream out, int field, byte[] content)
      throws IOException {
    varint(out, field << 3 | 2);
    varint(out, content.length);
    out.write(content);
  }

  private static byte[] table(Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Map<String, byte[]> index = new TreeMap<>();
    List<String> names = new ArrayList<>(entries.keySet());
    for (int from = 0; from < names.size(); from += ENTRIES_A_BLOCK) {
      Map<String, byte[]> some = new TreeMap<>();
      for (String name : names.subList(from, Math.min(from + ENTRIES_A_BLOCK, names.size()))) {
        some.put(name, entries.get(name));
      }
      index.put(names.get(Math.min(from + ENTRIES_A_BLOCK, names.size()) - 1), block(out, some));
    }
    byte[] metaindex = block(out, Map.of());
    byte[] indexHandle = block(out, index);
    byte[] footer = Arrays.copyOf(metaindex, 40);
    System.arraycopy(indexHandle, 0, footer, metaindex.length, indexHandle.length);
    out.write(footer);
    fixed32(out, 0x8b80fb57);
    fixed32(out, 0xdb477524);
    return out.toByteArray();
  }

  /** Appends a block and returns its handle. */
  private static byte[] block(ByteArrayOutputStream out, Map<String, byte[]> entries)
      throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    List<Integer> restarts = new ArrayList<>();
    byte[] last = {};
    int count = 0;
    for (Map.Entry<String, byte[]> e : entries.entrySet()) {
      byte[] key = e.getKey().getBytes(StandardCharsets.UTF_8);
      int shared = 0;
      if (count++ % RESTART_INTERVAL == 0) {
        restarts.add(block.size());
      } else {
        shared = Math.max(0, Arrays.mismatch(last, key));
      }
      varint(block, shared);
      varint(block, key.length - shared);
      varint(block, e.getValue().length);
      block.write(key, shared, key.length - shared);
      block.write(e.getValue());
      last = key;
    }
    restarts = restarts.isEmpty() ? List.of(0) : restarts;
    for (int restart : restarts) {
      fixed32(block, restart);
    }
    fixed32(block, restarts.size());
    ByteArrayOutputStream handle = new ByteArrayOutputStream();
    varint(handle, out.size());
    varint(handle, block.size());
    block.write(0); // uncompressed
    out.write(block.toByteArray());
    fixed32(out, masked(block.toByteArray()));
    return handle.toByteArray();
  }

  private static int masked(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    int value = (int) crc.getValue();
    return (value >>> 15 | value << 17) + 0xa282ead8;
  }

  private static void fixed32(ByteArrayOutputStream out, int value) {
    for (int shift = 0; shift < 32; shift += 8) {
      out.write(value >>> shift);
    }
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while (rest >= 0x80) {
      out.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
