package dev.orthant.cli;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.checkpoint.SafetensorsFile;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.testing.TinyModelFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Trainings that go on from trained adapters, at a learning rate that changes no bit. */
final class StartTest {

  private static final String QUERY = "encoder.layer.0.attention.self.query";
  private static final String AT_REST = "learning_rate: 1e-30";

  /** A product in double precision, rounded to single. */
  private static final double ROUNDING = 1e-7;

  @TempDir private static Path folder = Path.of("");
  private static Path base = Path.of("");
  private static TinyStudy lora = new TinyStudy(Path.of(""));
  private static TinyStudy moslora = new TinyStudy(Path.of(""));

  @BeforeAll
  static void train() throws IOException {
    base = TinyModelFolder.write(folder.resolve("base"), 1);
    lora = TinyStudy.write(folder.resolve("lora"), base, TinyStudy.SMALL);
    run(lora);
    moslora = from("moslora", "moslora, rank: 4", "../lora/out/adapters/{task}-lora");
    run(moslora);
  }

  @Test
  void aLoraGoesOnAsMosloraWithAnIdentityMixer() {
    Map<String, LoraDelta> before = deltas(lora);

    deltas(moslora)
        .forEach(
            (module, delta) ->
                assertThatTensor(delta.dense())
                    .isCloseTo(before.get(module).dense(), ROUNDING, ROUNDING));

    assertThatTensor(state(moslora, ".lora_mixer")).isCloseTo(Nd4j.eye(4), ROUNDING, 0);
    assertThatTensor(head(moslora)).hasSameBitsAs(head(lora));
  }

  @Test
  void aMosloraGoesOnWithItsMixer() throws IOException {
    TinyStudy learning =
        from("learning", "moslora, rank: 4", "../lora/out/adapters/{task}-lora")
            .with(AT_REST, "learning_rate: 1e-2");
    run(learning);
    TinyStudy resting = from("resting", "moslora, rank: 4", "../learning/out/adapters/{task}-lora");

    run(resting);

    assertThat(state(learning, ".lora_mixer").sub(Nd4j.eye(4)).norm2Number().doubleValue())
        .isPositive();
    for (String name : new String[] {".lora_A", ".lora_mixer", ".lora_B"}) {
      assertThatTensor(state(resting, name)).hasSameBitsAs(state(learning, name));
    }
  }

  @Test
  void anotherAlphaIsMadeUpForInB() throws IOException {
    TinyStudy study = from("alpha", "lora, rank: 4, alpha: 24", "../lora/out/adapters/{task}-lora");

    run(study);

    assertThat(deltas(study).get(QUERY).scaling()).isEqualTo(6);
    assertThatTensor(deltas(study).get(QUERY).dense())
        .isCloseTo(deltas(lora).get(QUERY).dense(), ROUNDING, ROUNDING);
  }

  @Test
  void whatCannotGoOnIsRefused() throws IOException {
    String there = "../lora/out/adapters/{task}-lora";

    assertThat(refusal(from("rank", "lora, rank: 8", there)))
        .contains("has rank 4, the adapter to be trained has rank 8");
    assertThat(refusal(from("targets", "lora, rank: 4, target_modules: [key]", there)))
        .contains("choose target_modules alike");
    assertThat(refusal(from("frozen", "moslora, rank: 4, mixer: frozen", there)))
        .contains("cannot go on as the adapter to be trained, whose delta would differ");
    assertThat(refusal(from("missing", "lora, rank: 4", "../nowhere")))
        .contains("adapters[0].start", "must be the folder of an adapter");
    assertThat(refusal(from("both", "lora, rank: 4, constraint: {type: osrm}", there)))
        .contains("start excludes a constraint");
  }

  private static TinyStudy from(String name, String type, String start) throws IOException {
    return TinyStudy.write(folder.resolve(name), base, TinyStudy.SMALL)
        .with("type: lora, rank: 4", "type: %s, start: \"%s\"".formatted(type, start))
        .with("learning_rate: 1e-2", AT_REST);
  }

  private static void run(TinyStudy study) {
    CliRun run = study.run("train");
    assertThat(run.code()).describedAs(run.err()).isZero();
  }

  private static String refusal(TinyStudy study) {
    CliRun run = study.run("train");
    assertThat(run.code()).isNotZero();
    return run.err();
  }

  private static Path adapter(TinyStudy study) {
    return study.output().resolve("adapters/opinion-lora");
  }

  private static Map<String, LoraDelta> deltas(TinyStudy study) {
    return PeftAdapterFolder.read(adapter(study)).deltas();
  }

  private static INDArray state(TinyStudy study, String parameter) {
    try (SafetensorsFile file =
        SafetensorsFile.open(adapter(study).resolve("adapter_state.safetensors"))) {
      return file.read(QUERY + parameter);
    }
  }

  private static INDArray head(TinyStudy study) {
    try (SafetensorsFile file = SafetensorsFile.open(adapter(study).resolve("head.safetensors"))) {
      return file.read("weight");
    }
  }
}
