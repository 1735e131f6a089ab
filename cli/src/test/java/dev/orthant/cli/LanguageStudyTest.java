package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orthant.core.checkpoint.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tasks in which a model writes, from the configuration to results. */
final class LanguageStudyTest {

  private static final List<String> COLOURS = List.of("red", "green", "blue");
  private static final List<String> THINGS = List.of("coat", "lamp", "book", "train");

  private static final String STUDY =
      """
      base: {model: BASE, max_length: 24}
      tasks:
        - {name: echo, kind: KIND, train: echo.jsonl, validation: echo.jsonl, test: echo.jsonl, language: {prompt: "say {word}:", completion: " {word}"}}
        - {name: answer, kind: KIND, train: answer.jsonl, validation: answer.jsonl, test: answer.jsonl, metric: exact-match, language: {template: alpaca, loss_on: all, packing: PACKING, max_new_tokens: 3}}
      adapters:
        - {name: lora, type: lora, rank: 4, target_modules: all-linear}
      training: {epochs: 4, batch_size: 4, gradient_accumulation_steps: 2, learning_rate: 1e-2}
      mergers:
        - {name: average, type: average}
        - {name: ties, type: ties}
      evaluation: {batch_size: 4, linear_probe: false, statistics_rows: 8}
      output: out
      """;

  @TempDir private Path folder;

  private void write(Path base, String kind) throws IOException {
    String study =
        STUDY
            .replace("BASE", base.toString())
            .replace("KIND", kind)
            .replace("PACKING", kind.equals("causal-lm") ? "true" : "false")
            .replace("max_length: 24", "max_length: " + (kind.equals("causal-lm") ? 64 : 24));
    Files.writeString(folder.resolve("study.yaml"), study);
    List<String> echoes = new ArrayList<>();
    List<String> answers = new ArrayList<>();
    for (String colour : COLOURS) {
      for (String thing : THINGS) {
        echoes.add("{\"word\": \"%s %s\"}".formatted(colour, thing));
        answers.add(
            "{\"instruction\": \"the %s is %s\", \"input\": \"\", \"output\": \"%s\"}"
                .formatted(thing, colour, colour));
      }
    }
    Files.write(folder.resolve("echo.jsonl"), echoes);
    Files.write(folder.resolve("answer.jsonl"), answers);
  }

  private CliRun run(String command) {
    return CliRun.of(command, folder.resolve("study.yaml").toString());
  }

  @ParameterizedTest
  @CsvSource({
    "causal-lm,CAUSAL_LM,base_model.model.model.layers.1.mlp.up_proj.lora_A.weight",
    "seq2seq,SEQ_2_SEQ_LM,base_model.model.decoder.block.1.layer.1.EncDecAttention.k.lora_B.weight"
  })
  void trainedMergedAndEvaluated(String kind, String taskType, String key) throws IOException {
    Path base = folder.resolve("base");
    write(kind.equals("seq2seq") ? TinyEncoderDecoder.write(base) : TinyDecoder.write(base), kind);

    for (String command : List.of("statistics", "train", "merge", "evaluate")) {
      CliRun run = run(command);
      assertThat(run.code()).as(run.err()).isZero();
    }

    Path adapter = folder.resolve("out/adapters/echo-lora");
    assertThat(json(adapter.resolve("adapter_config.json")).path("task_type").asText())
        .isEqualTo(taskType);
    try (SafetensorsFile tensors =
        SafetensorsFile.open(adapter.resolve("adapter_model.safetensors"))) {
      assertThat(tensors.names()).contains(key);
    }
    JsonNode single = json(folder.resolve("out/results.json")).findValue("singles").get(0);
    assertThat(single.path("metric").asText()).isEqualTo("token-probability");
    assertThat(single.path("score").asDouble())
        .isGreaterThan(2 * single.path("majority").asDouble());
    CliRun written =
        CliRun.of(
            "generate",
            "--base",
            base.toString(),
            "--adapter",
            adapter.toString(),
            "--prompt",
            "say red coat:",
            "--max-new-tokens",
            "3");
    assertThat(written.code()).as(written.err()).isZero();
    assertThat(written.out().strip()).isNotEmpty();
  }

  @Test
  void aTaskOfTheWrongKindIsRefused() throws IOException {
    write(TinyDecoder.write(folder.resolve("base")), "seq2seq");

    CliRun run = run("train");

    assertThat(run.code()).isNotZero();
    assertThat(run.err()).contains("task 'echo' must be of kind causal-lm", "is a decoder alone");
  }

  private static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }
}
