package dev.orthant.core.merge.stream;

import dev.orthant.core.checkpoint.AtomicFile;
import dev.orthant.core.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Which units of a merge are done, one a line, each line with a checksum of its own. A line is
 * appended after its unit's bytes were written; what a line says is verified before it is believed,
 * so that neither has to be forced to the disk.
 */
final class Journal implements AutoCloseable {

  private static final int COUNTS = 5; // words before the squares
  private static final String MAGIC = "orthant-merge 2 ";

  private final Path file;
  private final FileChannel channel;

  private Journal(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** What a journal says of a plan's units; empty if it is missing or of another plan. */
  static Map<Integer, UnitResult> read(Path file, String plan) {
    Map<Integer, UnitResult> done = new LinkedHashMap<>();
    if (!Files.isRegularFile(file)) {
      return done;
    }
    List<String> lines;
    try {
      lines = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).lines().toList();
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be read", e);
    }
    if (lines.isEmpty() || !lines.get(0).equals(MAGIC + plan)) {
      return done;
    }
    for (String line : lines.subList(1, lines.size())) {
      int last = line.lastIndexOf(' ');
      if (last < 0 || !line.substring(last + 1).equals(checksum(line.substring(0, last)))) {
        break; // torn by an interruption, as is everything behind it
      }
      String[] words = line.substring(0, last).split(" ");
      double[] squares = new double[words.length - COUNTS];
      for (int i = 0; i < squares.length; i++) {
        squares[i] = Double.longBitsToDouble(Long.parseUnsignedLong(words[i + COUNTS], 16));
      }
      done.put(
          Integer.parseInt(words[0]),
          new UnitResult(
              Integer.parseUnsignedInt(words[1], 16),
              squares,
              Long.parseLong(words[2]),
              Long.parseLong(words[3]),
              Long.parseLong(words[4])));
    }
    return done;
  }

  /** A journal that begins with what is done already. */
  static Journal start(Path file, String plan, Map<Integer, UnitResult> done) {
    StringBuilder text = new StringBuilder(MAGIC).append(plan).append('\n');
    done.forEach((unit, result) -> text.append(line(unit, result)));
    AtomicFile.write(file, text.toString());
    try {
      return new Journal(
          file, FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND));
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be written", e);
    }
  }

  synchronized void done(int unit, UnitResult result) {
    ByteBuffer line = ByteBuffer.wrap(line(unit, result).getBytes(StandardCharsets.ISO_8859_1));
    try {
      while (line.hasRemaining()) {
        channel.write(line);
      }
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be written: " + e.getMessage(), e);
    }
  }

  private static String line(int unit, UnitResult result) {
    StringBuilder line = new StringBuilder();
    line.append(unit).append(' ').append(Integer.toHexString(result.checksum()));
    line.append(' ').append(result.kept());
    line.append(' ').append(result.conflicts()).append(' ').append(result.compared());
    for (double square : result.squares()) {
      line.append(' ').append(Long.toHexString(Double.doubleToRawLongBits(square)));
    }
    return line + " " + checksum(line.toString()) + "\n";
  }

  private static String checksum(String line) {
    CRC32C checksum = new CRC32C();
    checksum.update(line.getBytes(StandardCharsets.ISO_8859_1));
    return Long.toHexString(checksum.getValue());
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be written", e);
    }
  }
}
