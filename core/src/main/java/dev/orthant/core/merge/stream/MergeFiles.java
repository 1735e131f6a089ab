package dev.orthant.core.merge.stream;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.checkpoint.BlockBuffer;
import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.ShardLayout;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/** The open files of a result; each tensor has its place. Safe for use by several threads. */
final class MergeFiles implements AutoCloseable {

  private final Path folder;
  private final ShardLayout layout;
  private final Map<String, FileChannel> channels = new LinkedHashMap<>();

  private MergeFiles(Path folder, ShardLayout layout) {
    this.folder = folder;
    this.layout = layout;
  }

  /** Opens files that exist already. */
  static MergeFiles open(Path folder, ShardLayout layout) {
    MergeFiles files = new MergeFiles(folder, layout);
    for (String name : layout.files()) {
      Path file = folder.resolve(name);
      try {
        files.channels.put(
            name, FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
      } catch (IOException e) {
        files.close();
        throw new CheckpointException(file, "cannot be opened for writing: " + e.getMessage(), e);
      }
    }
    return files;
  }

  void write(
      MergePlan.Output output,
      long from,
      float[] values,
      int count,
      BlockBuffer buffer,
      Checksum checksum) {
    ShardLayout.Place place = place(output);
    buffer.write(
        folder.resolve(place.file()),
        channel(place),
        place.position() + from * (output.dtype().bits() / 8),
        output.dtype(),
        values,
        count,
        checksum);
  }

  void copy(
      Unit unit,
      MergePlan.Output output,
      MergePlan.Part part,
      BlockBuffer buffer,
      Checksum checksum) {
    ShardLayout.Place place = place(output);
    long begin = bytes(output, unit.from());
    buffer.copy(
        part.model().checkpoint().fileOf(part.tensor()),
        part.tensor(),
        begin,
        bytes(output, unit.count()),
        folder.resolve(place.file()),
        channel(place),
        place.position() + begin,
        checksum);
  }

  /** Whether the bytes of a unit are those that a journal says. */
  boolean holds(Unit unit, MergePlan.Output output, int expected, BlockBuffer buffer) {
    ShardLayout.Place place = place(output);
    CRC32C checksum = new CRC32C();
    return buffer.update(
            folder.resolve(place.file()),
            channel(place),
            place.position() + bytes(output, unit.from()),
            bytes(output, unit.count()),
            checksum)
        && (int) checksum.getValue() == expected;
  }

  /** Forces what was written to the disk. */
  void force() {
    channels.forEach(
        (name, channel) -> {
          try {
            channel.force(true);
          } catch (IOException e) {
            throw new CheckpointException(folder.resolve(name), "cannot be written", e);
          }
        });
  }

  private static long bytes(MergePlan.Output output, long elements) {
    return elements * output.dtype().bits() / 8;
  }

  private ShardLayout.Place place(MergePlan.Output output) {
    return requireNonNull(layout.places().get(output.name()));
  }

  private FileChannel channel(ShardLayout.Place place) {
    return requireNonNull(channels.get(place.file()));
  }

  @Override
  public void close() {
    for (Map.Entry<String, FileChannel> entry : channels.entrySet()) {
      try {
        entry.getValue().close();
      } catch (IOException e) {
        throw new CheckpointException(folder.resolve(entry.getKey()), "cannot be written", e);
      }
    }
  }
}
