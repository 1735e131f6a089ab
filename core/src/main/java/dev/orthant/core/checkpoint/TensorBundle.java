package dev.orthant.core.checkpoint;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * TensorFlow's variables, of a checkpoint or of a SavedModel: {@code NAME.index} and {@code
 * NAME.data-00000-of-00001} and so on. Single-precision tensors are read, when asked for, and their
 * checksums verified; others are not listed.
 */
final class TensorBundle implements TensorSource {

  // field numbers of tensor_bundle.proto, tensor_shape.proto
  private static final int HEADER_SHARDS = 1;
  private static final int HEADER_ENDIANNESS = 2;
  private static final int ENTRY_TYPE = 1;
  private static final int ENTRY_SHAPE = 2;
  private static final int ENTRY_SHARD = 3;
  private static final int ENTRY_OFFSET = 4;
  private static final int ENTRY_SIZE = 5;
  private static final int ENTRY_CRC = 6;
  private static final int ENTRY_SLICES = 7;
  private static final int SHAPE_DIM = 2;
  private static final int DIM_SIZE = 1;
  private static final int FLOAT = 1;

  private static final String INDEX = ".index";
  private static final String FORMAT = "an index of TensorFlow variables";

  private final Path index;
  private final int shards;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private record Entry(TensorInfo info, int shard, int crc) {}

  private TensorBundle(Path index, Map<String, byte[]> table) {
    this.index = index;
    byte[] header = table.get("");
    if (header == null) {
      throw new CheckpointException(index, "has no header of TensorFlow variables");
    }
    this.shards = shards(header);
    table.forEach(
        (name, entry) -> {
          if (!name.isEmpty()) {
            add(name, new ProtobufMessage(index, FORMAT, ByteBuffer.wrap(entry)));
          }
        });
  }

  /**
   * Opens variables and checks that their files are there.
   *
   * @param index {@code NAME.index}
   * @throws CheckpointException if a file is missing, or the index is not one
   */
  static TensorBundle open(Path index) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(index);
    } catch (IOException e) {
      throw CheckpointException.reading(index, e);
    }
    TensorBundle bundle = new TensorBundle(index, LevelDbTable.read(index, bytes));
    for (int i = 0; i < bundle.shards; i++) {
      if (!Files.isRegularFile(bundle.shard(i))) {
        throw new CheckpointException(bundle.shard(i), "is missing beside " + index.getFileName());
      }
    }
    return bundle;
  }

  private int shards(byte[] header) {
    ProtobufMessage message = new ProtobufMessage(index, FORMAT, ByteBuffer.wrap(header));
    int number = 1;
    while (message.next()) {
      if (message.field() == HEADER_SHARDS) {
        number = (int) message.number();
      } else if (message.field() == HEADER_ENDIANNESS && message.number() != 0) {
        throw new CheckpointException(index, "has big-endian variables, expected little-endian");
      }
    }
    return number;
  }

  private void add(String name, ProtobufMessage message) {
    long type = 0;
    long[] shape = {};
    long shard = 0;
    long offset = 0;
    long size = 0;
    int crc = 0;
    boolean sliced = false;
    while (message.next()) {
      switch (message.field()) {
        case ENTRY_TYPE -> type = message.number();
        case ENTRY_SHAPE -> shape = shape(message.message());
        case ENTRY_SHARD -> shard = message.number();
        case ENTRY_OFFSET -> offset = message.number();
        case ENTRY_SIZE -> size = message.number();
        case ENTRY_CRC -> crc = message.bytes().getInt();
        case ENTRY_SLICES -> sliced = true;
        default -> {}
      }
    }
    if (type != FLOAT) {
      return;
    }
    TensorInfo info = new TensorInfo(Dtype.F32, shape, offset, offset + size);
    boolean fits =
        Arrays.stream(shape).allMatch(d -> d >= 0) && info.elements() * Float.BYTES == size;
    if (sliced || !fits || offset < 0 || shard < 0 || shard >= shards) {
      throw new CheckpointException(
          index,
          "tensor '%s' of shape %s has %d bytes at %d in file %d of %d%s"
              .formatted(
                  name,
                  Arrays.toString(shape),
                  size,
                  offset,
                  shard,
                  shards,
                  sliced ? " and is stored in slices, which are not read" : ""));
    }
    entries.put(name, new Entry(info, (int) shard, crc));
  }

  private static long[] shape(ProtobufMessage message) {
    long[] shape = {};
    while (message.next()) {
      if (message.field() == SHAPE_DIM) {
        ProtobufMessage dim = message.message();
        shape = Arrays.copyOf(shape, shape.length + 1);
        while (dim.next()) {
          if (dim.field() == DIM_SIZE) {
            shape[shape.length - 1] = dim.number();
          }
        }
      }
    }
    return shape;
  }

  /** Where it was opened. */
  Path index() {
    return index;
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(entries.keySet());
  }

  @Override
  public TensorInfo info(String name) {
    return entry(name).info();
  }

  private Entry entry(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new CheckpointException(index, "no single-precision tensor '%s'".formatted(name));
    }
    return entry;
  }

  @Override
  public INDArray read(String name) {
    ByteBuffer bytes = bytes(name);
    return ArrayTransfer.read(
        info(name).shape(),
        (into, count) -> {
          bytes.asFloatBuffer().get(into, 0, count);
          bytes.position(bytes.position() + Float.BYTES * count);
        });
  }

  /**
   * A tensor's bytes, little-endian, after their checksum was verified.
   *
   * @throws CheckpointException if there is no such tensor, it has more than 2 GiB, or its bytes
   *     are damaged
   */
  ByteBuffer bytes(String name) {
    Entry entry = entry(name);
    if (entry.info().bytes() > Integer.MAX_VALUE - 8) {
      throw new CheckpointException(index, "tensor '%s' has more than 2 GiB".formatted(name));
    }
    Path file = shard(entry.shard());
    ByteBuffer bytes = ByteBuffer.allocate((int) entry.info().bytes());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long at = entry.info().begin();
      while (bytes.hasRemaining()) {
        int read = channel.read(bytes, at);
        if (read < 0) {
          throw new EOFException("it ends within tensor '%s'".formatted(name));
        }
        at += read;
      }
    } catch (IOException e) {
      throw CheckpointException.reading(file, e);
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes.flip());
    if (LevelDbTable.masked(crc.getValue()) != entry.crc()) {
      throw new CheckpointException(
          file, "is damaged: wrong checksum of tensor '%s'".formatted(name), entry.info().begin());
    }
    return bytes.flip().order(ByteOrder.LITTLE_ENDIAN);
  }

  private Path shard(int number) {
    String name = String.valueOf(index.getFileName());
    String stem = name.endsWith(INDEX) ? name.substring(0, name.length() - INDEX.length()) : name;
    return index.resolveSibling("%s.data-%05d-of-%05d".formatted(stem, number, shards));
  }
}
