package dev.orthant.eval.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orthant.core.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The files of a finished run.
 *
 * @param root the output folder
 */
record RunFolder(Path root) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String WEIGHTS = "adapter_model.safetensors";

  Path results() {
    return root.resolve("results.json");
  }

  /** A JSON file, if it is there. */
  Optional<JsonNode> json(String path) {
    Path file = root.resolve(path);
    return text(path)
        .map(
            text -> {
              try {
                return JSON.readTree(text);
              } catch (JsonProcessingException e) {
                throw new CheckpointException(file, "is not JSON: " + e.getOriginalMessage(), e);
              }
            });
  }

  /** The size of the weights in an adapter's folder. */
  OptionalLong adapterBytes(String folder) {
    Path file = root.resolve(folder).resolve(WEIGHTS);
    try {
      return Files.exists(file) ? OptionalLong.of(Files.size(file)) : OptionalLong.empty();
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be read: " + e.getMessage(), e);
    }
  }

  /** Names of the files beside the results that begin and end so, in their order. */
  List<String> names(String prefix, String suffix) {
    try (Stream<Path> files = Files.list(root)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(prefix) && name.endsWith(suffix))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new CheckpointException(root, "cannot be read: " + e.getMessage(), e);
    }
  }

  Optional<String> text(String path) {
    Path file = root.resolve(path);
    try {
      return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be read: " + e.getMessage(), e);
    }
  }
}
