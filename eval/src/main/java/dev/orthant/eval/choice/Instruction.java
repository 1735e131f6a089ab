package dev.orthant.eval.choice;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A question in the words of an instruction.
 *
 * @param instruction the question with its choices
 * @param answer what has to be found in the generated text
 */
public record Instruction(String instruction, String answer) {

  private static final String INDENT = " ".repeat(16);

  /**
   * Reads a file of LLM-Adapters, a JSON list of objects with {@code instruction} and {@code
   * answer}.
   *
   * @throws IllegalArgumentException naming the file, and the row that lacks one of them
   */
  public static List<Instruction> read(Path file) {
    JsonNode list;
    try {
      list = new ObjectMapper().readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(file + ": is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + ": cannot be read: " + e.getMessage(), e);
    }
    if (!list.isArray() || list.isEmpty()) {
      throw new IllegalArgumentException(file + ": must be a JSON list of at least one object");
    }
    List<Instruction> rows = new ArrayList<>();
    for (JsonNode row : list) {
      if (!row.path("instruction").isTextual() || !row.path("answer").isTextual()) {
        throw new IllegalArgumentException(
            "%s: row %d: 'instruction' and 'answer' must be text, was %s"
                .formatted(file, rows.size() + 1, row));
      }
      rows.add(new Instruction(row.get("instruction").textValue(), row.get("answer").textValue()));
    }
    return rows;
  }

  /**
   * The prompt of MoSLoRA's and LLM-Adapters' evaluation, whose indentation is a part of it, and
   * which differs from that of their training.
   */
  public String prompt() {
    return ("Below is an instruction that describes a task. Write a response that appropriately"
            + " completes the request. \n\n%s### Instruction:\n%s%s\n\n%s### Response:\n%s")
        .formatted(INDENT, INDENT, instruction, INDENT, INDENT);
  }
}
