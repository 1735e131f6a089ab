package dev.orthant.core.merge.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.orthant.core.checkpoint.CheckpointWriter;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4j;

/** A merge that is killed goes on to the same bits, and nothing half-done has the final name. */
final class KilledMergeTest {

  private static final int KILLS = 20;
  private static final int TENSORS = 300;
  private static final int ELEMENTS = 40_000;

  @TempDir private Path folder = Path.of("");

  @Test
  void anyMomentIsGoodForAnEnd() throws IOException, InterruptedException {
    Path model = writeModel();
    Path whole = folder.resolve("whole");
    long work = work(model, whole);
    String expected = fingerprint(whole);
    SplittableRandom random = new SplittableRandom(5);
    int resumable = 0;

    for (int kill = 0; kill < KILLS; kill++) {
      Path output = folder.resolve("out" + kill / 2); // the second kill hits a resumed merge
      Process process = start(model, output);
      awaitBegin(process);
      process.waitFor(random.nextLong(work + 1), TimeUnit.MICROSECONDS);
      process.destroyForcibly().waitFor();
      resumable += Files.exists(journal(output)) ? 1 : 0;
      if (Files.exists(output)) {
        assertThat(fingerprint(output)).isEqualTo(expected);
      }
      if (kill % 2 == 1) {
        KilledMerge.run(model, output);
        assertThat(fingerprint(output)).isEqualTo(expected);
        assertThat(journal(output).getParent()).doesNotExist();
      }
    }

    assertThat(resumable).as("kills that left something to resume").isPositive();
  }

  private Path writeModel() {
    CheckpointWriter writer = new CheckpointWriter(JsonNodeFactory.instance.objectNode());
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < TENSORS; i++) {
      float[] values = new float[ELEMENTS];
      for (int k = 0; k < ELEMENTS; k++) {
        values[k] = (float) random.nextDouble();
      }
      long[] shape = {ELEMENTS};
      writer.add("t%03d".formatted(i), Dtype.F32, shape, () -> Nd4j.create(values, shape, 'c'));
    }
    writer.write(folder.resolve("model"), false);
    return folder.resolve("model");
  }

  /** Microseconds of the work of a whole merge in a process of its own. */
  private long work(Path model, Path output) throws IOException, InterruptedException {
    Process process = start(model, output);
    awaitBegin(process);
    long start = System.nanoTime();
    assertThat(process.waitFor()).isZero();
    return (System.nanoTime() - start) / 1000;
  }

  private static void awaitBegin(Process process) throws IOException {
    BufferedReader reader = process.inputReader();
    String line = reader.readLine();
    while (line != null && !line.equals(KilledMerge.BEGINS)) {
      line = reader.readLine();
    }
    assertThat(line).isEqualTo(KilledMerge.BEGINS);
  }

  private static Process start(Path model, Path output) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(KilledMerge.class.getName());
    command.addAll(List.of(model.toString(), output.toString()));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static String fingerprint(Path model) {
    try (HuggingFaceCheckpoint checkpoint = HuggingFaceCheckpoint.open(model)) {
      return checkpoint.fingerprint();
    }
  }

  private static Path journal(Path output) {
    return output.resolveSibling("." + output.getFileName() + ".merge").resolve("journal");
  }
}
