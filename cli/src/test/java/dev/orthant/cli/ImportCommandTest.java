package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.PeftAdapter;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.checkpoint.SafetensorsWriter;
import dev.orthant.core.testing.TinyModelFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@code orthant import} of adapters, and what it says of sources that are not complete. */
final class ImportCommandTest {

  private static final String QUERY = "encoder.layer.1.attention.self.query";

  @TempDir Path folder;

  @Test
  void anAdapterWithBiasesIsPutIntoItsBase() throws IOException {
    Path base = TinyModelFolder.write(folder.resolve("base"), 1);
    Path adapter = adapter(",\"bias\":\"lora_only\",\"from_the_future\":1");
    new SafetensorsWriter()
        .add("base_model.model." + QUERY + ".lora_A.weight", Nd4j.ones(2, 32))
        .add("base_model.model." + QUERY + ".lora_B.weight", Nd4j.ones(32, 2))
        .add("base_model.model." + QUERY + ".base_layer.bias", Nd4j.ones(32))
        .write(adapter.resolve(PeftAdapterFolder.WEIGHTS));
    Path model = folder.resolve("model");

    CliRun merge = run("merge", "--type", "average", "--output", folder.resolve("merged"), adapter);
    CliRun run = run("import", adapter, model, "--base", base);

    assertThat(merge.code()).isEqualTo(1);
    assertThat(merge.err())
        .contains("the adapter also changes 1 biases or rows of embeddings (" + QUERY + ".bias)");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("unknown field 'from_the_future' is ignored");
    try (HuggingFaceCheckpoint before = HuggingFaceCheckpoint.open(base);
        HuggingFaceCheckpoint after = HuggingFaceCheckpoint.open(model)) {
      INDArray difference = after.read(QUERY + ".weight").sub(before.read(QUERY + ".weight"));
      assertThat(difference.minNumber().floatValue()).isBetween(7.999f, 8.001f); // 8 / 2 * 2
      assertThat(difference.maxNumber().floatValue()).isBetween(7.999f, 8.001f);
      assertThat(after.read(QUERY + ".bias").toFloatVector()).containsOnly(1);
      assertThat(after.names()).containsExactlyInAnyOrderElementsOf(before.names());
    }
    assertThat(model.resolve("tokenizer.json")).isRegularFile();
  }

  @Test
  void aPickledAdapterIsTurnedIntoSafetensorsWhenAsked() throws IOException {
    Path adapter = adapter(",\"modules_to_save\":[\"classifier\"]");
    try (InputStream in =
        ImportCommandTest.class.getResourceAsStream("/reference/peft/adapter_model.bin")) {
      Files.copy(in, adapter.resolve("adapter_model.bin"));
    }
    Path converted = folder.resolve("converted");

    CliRun refused = run("import", adapter, converted);
    CliRun run = run("import", adapter, converted, "--allow-pickle");

    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err())
        .contains("adapter_model.bin is a pickle, turn it into one with orthant import");
    assertThat(run.code()).as(run.err()).isZero();
    PeftAdapter read = PeftAdapterFolder.read(converted);
    assertThat(read.deltas()).hasSize(2);
    assertThat(read.saved()).containsOnlyKeys("classifier.bias", "classifier.weight");
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    Path index = Files.createFile(folder.resolve("bert_model.ckpt.index"));
    Path llama = Files.createFile(folder.resolve("stories.bin"));
    Path target = folder.resolve("target");

    assertThat(run("import", index, target).err()).contains(folder.resolve("vocab.txt").toString());
    assertThat(run("import", llama, target).err())
        .contains(folder.resolve("tokenizer.bin").toString());
    assertThat(run("import", folder, target).err())
        .contains("is a folder without adapter_config.json and variables/variables.index");
    assertThat(run("import", folder.resolve("none"), target).err()).contains("none");
    assertThat(run("import", "maven:bert", target).err())
        .contains("unknown base model 'bert'; there are all-minilm-l6-v2");
    assertThat(target).doesNotExist();
  }

  private static CliRun run(Object... arguments) {
    return CliRun.of(Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
  }

  private Path adapter(String fields) throws IOException {
    Path adapter = Files.createDirectory(folder.resolve("adapter"));
    Files.writeString(
        adapter.resolve(PeftAdapterFolder.CONFIG),
        "{\"peft_type\":\"LORA\",\"r\":2,\"lora_alpha\":8,\"target_modules\":[\"query\"]%s}"
            .formatted(fields));
    return adapter;
  }
}
