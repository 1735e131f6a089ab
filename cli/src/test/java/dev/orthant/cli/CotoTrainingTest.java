package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.testing.TinyModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CotoTrainingTest {

  private static final String WEIGHTS = "adapters/opinion-lora/adapter_model.safetensors";

  @TempDir Path folder;

  @Test
  void anInterruptedTrainingGoesOnWithTheSameLayers() throws IOException {
    Path base = TinyModelFolder.write(folder.resolve("base"), 1);
    TinyStudy whole = study("whole", base, "coto: {initial_probability: 0.3}, ");
    TinyStudy parts = study("parts", base, "coto: {initial_probability: 0.3}, ");
    TinyStudy without =
        study("without", base, "coto: {}, ").with("rank: 4}", "rank: 4, training: {coto: null}}");
    TinyStudy plain = study("plain", base, "");

    CliRun run = whole.run("train");
    CliRun stopped = CliRun.stoppedAt("train opinion lora: 3/8", "train", parts.file().toString());
    CliRun finished = parts.run("train");
    without.run("train");
    plain.run("train");

    assertThat(run.code()).describedAs(run.err()).isZero();
    assertThat(stopped.code()).describedAs(stopped.err()).isEqualTo(130);
    assertThat(finished.code()).describedAs(finished.err()).isZero();
    assertThat(parts.output().resolve(WEIGHTS))
        .hasSameBinaryContentAs(whole.output().resolve(WEIGHTS));
    assertThat(without.output().resolve(WEIGHTS))
        .hasSameBinaryContentAs(plain.output().resolve(WEIGHTS));
    assertThat(Files.readAllBytes(without.output().resolve(WEIGHTS)))
        .isNotEqualTo(Files.readAllBytes(whole.output().resolve(WEIGHTS)));
  }

  @Test
  void aValueOutOfRangeIsNamed() throws IOException {
    Path base = TinyModelFolder.write(folder.resolve("base"), 1);

    CliRun run = study("wrong", base, "coto: {until: 2}, ").run("train");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("training.coto", "until must be in (0, 1], was 2.0");
  }

  private TinyStudy study(String name, Path base, String coto) throws IOException {
    return TinyStudy.write(folder.resolve(name), base, TinyStudy.SMALL)
        .with("training: {", "training: {load_best_model_at_end: false, " + coto);
  }
}
