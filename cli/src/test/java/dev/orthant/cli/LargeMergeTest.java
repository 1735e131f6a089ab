package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.checkpoint.BlockBuffer;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.ShardLayout;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Five sharded models of 4 GB, one tensor of which alone is larger than what the merge may use. The
 * inputs are files with holes and a number here and there, so that they take no disk; the result
 * takes 4 GB. Run by {@code mvn -P large verify}.
 */
@EnabledIfSystemProperty(named = "orthant.large", matches = "true")
final class LargeMergeTest {

  private static final long GIB = 1L << 30;
  private static final long LIMIT = 2 * GIB;
  private static final int MODELS = 4; // beside the base
  private static final long COLUMNS = 4096;
  private static final long ROWS = 150_000; // 2.3 GiB
  private static final int LAYERS = 24; // of 64 MiB
  private static final long SPACING = 10_000_019; // between numbers that are not zero

  @TempDir private Path folder = Path.of("");

  @Test
  void memoryStaysWithinItsLimit() throws IOException, InterruptedException {
    StringBuilder models = new StringBuilder();
    write(folder.resolve("base"), 1);
    for (int i = 0; i < MODELS; i++) {
      write(folder.resolve("m" + i), 2 + i);
      models.append("  - {model: m%d, parameters: {weight: 0.5}}%n".formatted(i));
    }
    Path file =
        Files.writeString(
            folder.resolve("merge.yaml"),
            "merge_method: task_arithmetic\nbase_model: base\nmodels:\n" + models);

    long peak = peakOf(start(file));

    assertThat(peak).isLessThan(LIMIT);
    // base + 0.5 * sum of (model - base), with models 2 to 5 and base 1
    float expected = 1 + 0.5f * (1 + 2 + 3 + 4);
    float[] values = new float[1];
    BlockBuffer buffer = new BlockBuffer(4096);
    try (HuggingFaceCheckpoint merged = HuggingFaceCheckpoint.open(folder.resolve("out"))) {
      assertThat(merged.files()).hasSizeGreaterThan(1);
      for (String name : merged.names()) {
        long elements = merged.info(name).elements();
        for (long at = 0; at < elements; at += SPACING) {
          buffer.read(merged.fileOf(name), name, at, values, 1);
          assertThat(values[0]).isEqualTo(expected);
        }
        buffer.read(merged.fileOf(name), name, elements - 1, values, 1);
        assertThat(values[0]).isZero();
      }
    }
  }

  private static void write(Path model, float value) throws IOException {
    List<ShardLayout.Entry> tensors = new ArrayList<>();
    tensors.add(new ShardLayout.Entry("words.weight", Dtype.F32, new long[] {ROWS, COLUMNS}));
    for (int i = 0; i < LAYERS; i++) {
      tensors.add(
          new ShardLayout.Entry(
              "layers." + i + ".weight", Dtype.F32, new long[] {COLUMNS, COLUMNS}));
    }
    Files.createDirectories(model);
    Files.writeString(
        model.resolve("config.json"), "{\"num_hidden_layers\": %d}".formatted(LAYERS));
    ShardLayout layout = ShardLayout.of(tensors, GIB, Map.of("format", "pt"));
    layout.create(model);
    BlockBuffer buffer = new BlockBuffer(4096);
    float[] values = {value};
    for (ShardLayout.Entry tensor : tensors) {
      ShardLayout.Place place = layout.places().get(tensor.name());
      Path file = model.resolve(place.file());
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        for (long at = 0; at < tensor.elements(); at += SPACING) {
          long position = place.position() + at * Float.BYTES;
          buffer.write(file, channel, position, Dtype.F32, values, 1, new CRC32C());
        }
      }
    }
  }

  private Process start(Path file) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xms64m", "-Xmx2g", "-XX:+UseSerialGC"));
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(OrthantCli.class.getName());
    command.addAll(List.of("merge", file.toString(), "--output", folder.resolve("out").toString()));
    command.addAll(List.of("--memory", "2g", "--shard-size", "1g", "--no-digests"));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("log").toFile())
        .start();
  }

  /** The most memory that was resident, in bytes; the process has ended well. */
  private long peakOf(Process process) throws IOException, InterruptedException {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    long peak = 0;
    while (process.isAlive()) {
      try {
        for (String line : Files.readAllLines(status)) {
          if (line.startsWith("VmHWM:")) {
            peak = Math.max(peak, Long.parseLong(line.replaceAll("\\D", "")) * 1024);
          }
        }
      } catch (IOException e) {
        break; // it has ended
      }
      Thread.sleep(200);
    }
    assertThat(process.waitFor()).as(Files.readString(folder.resolve("log"))).isZero();
    return peak;
  }
}
