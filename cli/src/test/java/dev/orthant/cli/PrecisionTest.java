package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.testing.TinyModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training with products in bfloat16, on processors that have them. */
final class PrecisionTest {

  /**
   * The losses are 0.5 to 0.7 and fall by half. A factor in bfloat16 is off by up to 2^-8, the
   * logits of a model of two layers by about as much.
   */
  private static final double CLOSE = 0.03;

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder = Path.of("");

  @BeforeEach
  void onlyWhereItRuns() {
    assumeTrue(
        CpuKernels.library().filter(name -> !name.contains("(AVX-512)")).isPresent(),
        "the processor has products in bfloat16");
  }

  @Test
  void theLossInBf16FollowsThatInFp32() throws IOException {
    Path base = TinyModelFolder.write(folder.resolve("base"), 1);
    TinyStudy single = TinyStudy.write(folder.resolve("fp32"), base, TinyStudy.SMALL);
    TinyStudy half =
        TinyStudy.write(folder.resolve("bf16"), base, TinyStudy.SMALL)
            .with("epochs: 2", "precision: bf16, epochs: 2");
    single.with("epochs: 2", "logging_steps: 1, epochs: 2");
    half.with("epochs: 2", "logging_steps: 1, epochs: 2");

    CliRun fp32 = single.run("train");
    CliRun bf16 = half.run("train");

    assertThat(fp32.code()).isZero();
    assertThat(bf16.code()).isZero();
    List<Double> expected = losses(single);
    List<Double> losses = losses(half);
    assertThat(losses).hasSameSizeAs(expected).isNotEqualTo(expected);
    for (int i = 0; i < losses.size(); i++) {
      assertThat(losses.get(i)).isBetween(expected.get(i) - CLOSE, expected.get(i) + CLOSE);
    }
  }

  private static List<Double> losses(TinyStudy study) throws IOException {
    List<Double> losses = new ArrayList<>();
    for (String line :
        Files.readAllLines(study.output().resolve("training/opinion-lora/metrics.jsonl"))) {
      JsonNode record = JSON.readTree(line);
      if (record.has("loss")) {
        losses.add(record.get("loss").asDouble());
      }
    }
    return losses;
  }
}
