package dev.orthant.eval.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.text.PromptTemplate;
import dev.orthant.core.text.Prompted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PromptFileReaderTest {

  private static final PromptTemplate OWN =
      new PromptTemplate("Q: {question}\nA:", null, " {answer}");

  @TempDir Path folder;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void columnsFillTheTemplate() throws IOException {
    Path file =
        file(
            "rows.jsonl",
            """
            {"question": "one and one?", "answer": "two", "other": 3}
            {"question": "", "answer": " four"}
            """);

    assertThat(PromptFileReader.read(file, OWN))
        .containsExactly(
            new Prompted("Q: one and one?\nA:", " two"), new Prompted("Q: \nA:", "  four"));
  }

  @Test
  void aMissingColumnAndAnEmptyCompletionAreNamed() throws IOException {
    Path missing = file("missing.jsonl", "{\"question\": \"one?\"}\n");
    Path empty = file("empty.jsonl", "{\"question\": \"one?\", \"answer\": \"\"}\n");

    assertThatThrownBy(() -> PromptFileReader.read(missing, OWN))
        .hasMessageContaining("missing.jsonl")
        .hasMessageContaining("answer");
    assertThatThrownBy(() -> PromptFileReader.read(empty, OWN))
        .hasMessageContaining("empty.jsonl")
        .hasMessageContaining("line 1")
        .hasMessageContaining("the completion has no text");
  }
}
