package dev.orthant.core.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each tensor of a model will be, before the first one is written: one {@code
 * model.safetensors}, or several files and {@code model.safetensors.index.json} where one would be
 * larger than asked.
 *
 * <p>Tensors keep their order from file to file; within a file larger element types come first,
 * then the order is by name, as in the reference implementation.
 */
public final class ShardLayout {

  /**
   * A tensor to be written.
   *
   * @param shape not to be modified
   */
  public record Entry(String name, Dtype dtype, long[] shape) {

    /** The number of elements. */
    public long elements() {
      long n = 1;
      for (long d : shape) {
        n = Math.multiplyExact(n, d);
      }
      return n;
    }

    /** The number of bytes. */
    public long bytes() {
      return Math.multiplyExact(elements(), (long) dtype.bits()) / 8;
    }
  }

  /**
   * The place of a tensor.
   *
   * @param file its file's name
   * @param position of its first byte in the file
   */
  public record Place(String file, long position) {}

  private record Shard(String file, byte[] header, long bytes) {}

  private final List<Shard> shards = new ArrayList<>();
  private final Map<String, Place> places = new LinkedHashMap<>();
  private long totalBytes;

  private ShardLayout() {}

  /**
   * Lays tensors out.
   *
   * @param shardBytes the most bytes of tensors in one file, unless a single tensor is larger
   * @param metadata free text for the headers
   * @throws IllegalArgumentException if two tensors have one name
   */
  public static ShardLayout of(List<Entry> tensors, long shardBytes, Map<String, String> metadata) {
    List<List<Entry>> groups = new ArrayList<>();
    long inGroup = Long.MAX_VALUE;
    for (Entry tensor : tensors) {
      if (groups.isEmpty() || inGroup + tensor.bytes() > shardBytes) {
        groups.add(new ArrayList<>());
        inGroup = 0;
      }
      groups.get(groups.size() - 1).add(tensor);
      inGroup += tensor.bytes();
    }
    ShardLayout layout = new ShardLayout();
    for (int i = 0; i < groups.size(); i++) {
      String file =
          groups.size() == 1
              ? HuggingFaceCheckpoint.WEIGHTS
              : "model-%05d-of-%05d.safetensors".formatted(i + 1, groups.size());
      layout.add(file, groups.get(i), metadata);
    }
    return layout;
  }

  private void add(String file, List<Entry> tensors, Map<String, String> metadata) {
    HeaderBuilder builder = new HeaderBuilder(metadata);
    Map<String, Long> begins = new LinkedHashMap<>();
    tensors.stream()
        .sorted(Comparator.comparing(Entry::dtype).reversed().thenComparing(Entry::name))
        .forEach(e -> begins.put(e.name(), builder.add(e.name(), e.dtype(), e.shape(), e.bytes())));
    byte[] header = builder.build(Path.of(file));
    long dataStart = 8L + header.length;
    begins.forEach(
        (name, begin) -> {
          if (places.put(name, new Place(file, dataStart + begin)) != null) {
            throw new IllegalArgumentException("two tensors are named '" + name + "'");
          }
        });
    shards.add(new Shard(file, header, dataStart + builder.dataBytes()));
    totalBytes += builder.dataBytes();
  }

  /** The files' names, in order. */
  public List<String> files() {
    return shards.stream().map(Shard::file).toList();
  }

  /** Where each tensor is, in the order of the files. */
  public Map<String, Place> places() {
    return Collections.unmodifiableMap(places);
  }

  /** The bytes of all tensors. */
  public long totalBytes() {
    return totalBytes;
  }

  /**
   * Makes the files in a folder at their full sizes, with headers but without tensors, and the
   * index if there are several.
   *
   * @throws CheckpointException if they cannot be written
   */
  public void create(Path folder) {
    for (Shard shard : shards) {
      Path file = folder.resolve(shard.file());
      ByteBuffer prefix = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      try (FileChannel channel =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        AtomicFile.writeFully(channel, prefix.putLong(shard.header().length).array());
        AtomicFile.writeFully(channel, shard.header());
        if (shard.bytes() > channel.position()) {
          channel.write(ByteBuffer.allocate(1), shard.bytes() - 1);
        }
      } catch (IOException e) {
        throw CheckpointException.writing(file, e);
      }
    }
    if (shards.size() > 1) {
      Path index = folder.resolve(HuggingFaceCheckpoint.INDEX);
      try {
        Files.writeString(index, StrictJson.pretty(index()) + "\n");
      } catch (IOException e) {
        throw CheckpointException.writing(index, e);
      }
    }
  }

  private ObjectNode index() {
    ObjectNode index = StrictJson.object();
    index.putObject("metadata").put("total_size", totalBytes);
    ObjectNode map = index.putObject("weight_map");
    places.forEach((name, place) -> map.put(name, place.file()));
    return index;
  }
}
