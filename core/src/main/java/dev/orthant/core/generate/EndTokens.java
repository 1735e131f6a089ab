package dev.orthant.core.generate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The tokens that end a text, as a model folder says. */
public final class EndTokens {

  private static final String FIELD = "eos_token_id";
  private static final String GENERATION = "generation_config.json";

  private EndTokens() {}

  /**
   * {@code eos_token_id} of {@code generation_config.json}, or else of {@code config.json}: one
   * number or several.
   *
   * @throws CheckpointException if neither has one
   */
  public static List<Integer> of(HuggingFaceCheckpoint checkpoint) {
    Path file = checkpoint.folder().resolve(GENERATION);
    List<Integer> ends = new ArrayList<>();
    if (Files.isRegularFile(file)) {
      collect(read(file).path(FIELD), ends);
    }
    if (ends.isEmpty()) {
      collect(checkpoint.config().path(FIELD), ends);
    }
    if (ends.isEmpty()) {
      throw new CheckpointException(
          checkpoint.folder(),
          "its config.json has no eos_token_id, which tells where texts end; add it");
    }
    return List.copyOf(ends);
  }

  private static void collect(JsonNode value, List<Integer> ends) {
    if (value.isArray()) {
      value.forEach(one -> collect(one, ends));
    } else if (value.isInt()) {
      ends.add(value.intValue());
    }
  }

  private static JsonNode read(Path file) {
    try {
      return new ObjectMapper().readTree(file.toFile());
    } catch (JsonProcessingException e) {
      throw new CheckpointException(file, "is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }
}
