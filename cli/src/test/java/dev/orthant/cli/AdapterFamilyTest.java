package dev.orthant.cli;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.family.BertEncoder;
import dev.orthant.core.family.EncoderConfig;
import dev.orthant.core.finetune.AdapterFolder;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.testing.TinyModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Every adapter of the LoRA family, from the configuration to a merge and back from disk. */
final class AdapterFamilyTest {

  /** Rounding of factors, sums and rescaled rows to single precision. */
  private static final double ROUNDING = 1e-5;

  @TempDir private static Path folder = Path.of("");
  private static Path base = Path.of("");
  private static TinyStudy study = new TinyStudy(Path.of(""));

  static List<String> types() {
    return List.of("dora", "olora", "pissa", "lora-orthogonal", "lora-xs", "vera", "eva", "corda");
  }

  @BeforeAll
  static void train() throws IOException {
    base = TinyModelFolder.write(folder.resolve("base"), 1);
    study = TinyStudy.write(folder.resolve("study"), base, TinyStudy.SMALL);
    StringBuilder adapters = new StringBuilder();
    for (String type : types()) {
      adapters.append("  - {name: %s, type: %s, rank: 2}%n".formatted(type, type));
    }
    study.with("  - {name: lora, type: lora, rank: 4}\n", adapters.toString());
    study.with("epochs: 2,", "epochs: 2, keep_checkpoints: 3,");
    for (String command : List.of("train", "merge", "evaluate")) {
      CliRun run = study.run(command);
      assertThat(run.code()).as(run.err()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void averageIsThatOfTheExactDeltas(String type) {
    Map<String, Delta> first = deltas("opinion-" + type);
    Map<String, Delta> second = deltas("thing-" + type);

    Map<String, Delta> merged = read(study.output().resolve("merged/average/" + type));

    assertThat(merged.keySet()).isEqualTo(first.keySet()).isNotEmpty();
    merged.forEach(
        (module, delta) -> {
          INDArray mean = first.get(module).dense().add(second.get(module).dense()).mul(0.5);
          assertThat(delta.norm()).isPositive();
          assertThatTensor(delta.dense()).as(module).isCloseTo(mean, ROUNDING, ROUNDING);
        });
  }

  @ParameterizedTest
  @MethodSource("types")
  void resumedTrainingEndsWithTheSameBits(String type) throws IOException {
    Path adapter = study.output().resolve("adapters/opinion-" + type);
    byte[] tensors = Files.readAllBytes(adapter.resolve("adapter_model.safetensors"));
    delete(adapter);
    delete(newestCheckpoint(study.output().resolve("training/opinion-" + type)));

    CliRun run = study.run("train");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(adapter.resolve("adapter_model.safetensors")).hasBinaryContent(tensors);
  }

  @Test
  void adaptersThatChooseTheirOwnSubspaceRefuseAConstraint() throws IOException {
    TinyStudy constrained =
        TinyStudy.write(
            folder.resolve("constrained"),
            base,
            TinyStudy.SMALL.replace(
                "{name: lora, type: lora, rank: 4}",
                "{name: pissa, type: pissa, rank: 4, constraint: {type: osrm}}"));

    CliRun run = constrained.run("train");

    assertThat(run.code()).isNotZero();
    assertThat(run.err())
        .contains(
            "an adapter of type 'pissa' takes no constraint: its A starts as singular vectors");
  }

  @Test
  void doraIsMergedByTheDensePathOrTruncated() {
    Path first = study.output().resolve("adapters/opinion-dora");
    Path second = study.output().resolve("adapters/thing-dora");
    Path exact = folder.resolve("exact");
    Path truncated = folder.resolve("truncated");

    CliRun refused = merge(folder.resolve("none"), first, second);
    CliRun dense = merge(exact, first, second, "--base", base);
    CliRun small = merge(truncated, first, second, "--base", base, "--rank", 2);

    assertThat(refused.code()).isNotZero();
    assertThat(refused.err()).contains("has deltas that depend on the base", "give --base");
    assertThat(dense.code()).as(dense.err()).isZero();
    assertThat(dense.out()).doesNotContain("lost");
    assertThat(small.code()).as(small.err()).isZero();
    assertThat(small.out()).contains("transforms lost up to 0.");
    Map<String, Delta> whole = read(exact);
    read(truncated)
        .forEach(
            (module, delta) -> {
              assertThatTensor(delta.dense()).isNotEqualTo(whole.get(module).dense());
              assertThat(delta.norm()).isLessThanOrEqualTo(whole.get(module).norm() + ROUNDING);
            });
  }

  private static CliRun merge(Path output, Object... args) {
    return CliRun.of(
        Stream.concat(
                Stream.of("merge", "--type", "average", "--output", output.toString()),
                Stream.of(args).map(Object::toString))
            .toArray(String[]::new));
  }

  private static Map<String, Delta> deltas(String adapter) {
    return read(study.output().resolve("adapters").resolve(adapter));
  }

  private static Map<String, Delta> read(Path adapter) {
    try (HuggingFaceCheckpoint model = HuggingFaceCheckpoint.open(base)) {
      Transformer encoder = BertEncoder.load(EncoderConfig.of(model.config()), model);
      if (AdapterFolder.isAt(adapter)) {
        return AdapterFolder.read(adapter, encoder).deltas();
      }
      List<String> modules = encoder.sites().stream().map(site -> site.module()).toList();
      return PeftAdapterFolder.read(adapter).deltas(modules, encoder::baseWeights);
    }
  }

  private static Path newestCheckpoint(Path training) throws IOException {
    try (Stream<Path> entries = Files.list(training)) {
      List<Path> checkpoints =
          entries
              .filter(entry -> entry.getFileName().toString().startsWith("checkpoint-"))
              .sorted(Comparator.comparingInt(AdapterFamilyTest::step))
              .toList();
      assertThat(checkpoints).hasSizeGreaterThan(1);
      return checkpoints.get(checkpoints.size() - 1);
    }
  }

  private static int step(Path checkpoint) {
    return Integer.parseInt(checkpoint.getFileName().toString().replace("checkpoint-", ""));
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> entries = Files.walk(tree)) {
      for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(entry);
      }
    }
  }
}
