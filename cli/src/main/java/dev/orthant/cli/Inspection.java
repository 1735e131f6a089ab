package dev.orthant.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.SafetensorsFile;
import dev.orthant.core.checkpoint.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a file or a folder of tensors says about itself. No tensor is read.
 *
 * @param path what was looked at
 * @param configs the JSON files that describe a model or an adapter, by file name
 * @param files the safetensors files, sorted by name
 */
record Inspection(Path path, Map<String, JsonNode> configs, List<TensorFile> files) {

  private static final List<String> CONFIGS = List.of("config.json", "adapter_config.json");
  private static final String EXTENSION = ".safetensors";

  /**
   * One safetensors file.
   *
   * @param name its name in the folder
   * @param metadata the free text of its header
   * @param tensors name to type and shape, in the order of the bytes
   */
  record TensorFile(String name, Map<String, String> metadata, Map<String, TensorInfo> tensors) {

    long elements() {
      return tensors.values().stream().mapToLong(TensorInfo::elements).sum();
    }

    long bytes() {
      return tensors.values().stream().mapToLong(TensorInfo::bytes).sum();
    }
  }

  /**
   * Looks at a safetensors file, or at the folder of a model or an adapter.
   *
   * @throws CheckpointException if it is neither, or a file is not valid
   */
  static Inspection of(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    }
    if (!Files.isDirectory(path)) {
      return new Inspection(path, Map.of(), List.of(read(path)));
    }
    Map<String, JsonNode> configs = new LinkedHashMap<>();
    for (String name : CONFIGS) {
      Path config = path.resolve(name);
      if (Files.isRegularFile(config)) {
        configs.put(name, readJson(config));
      }
    }
    List<TensorFile> files = new ArrayList<>();
    try (Stream<Path> entries = Files.list(path)) {
      for (Path file : entries.filter(Inspection::isTensorFile).sorted().toList()) {
        files.add(read(file));
      }
    }
    if (configs.isEmpty() && files.isEmpty()) {
      throw new CheckpointException(
          path,
          "neither a model nor an adapter: a folder with %s or *%s files is expected"
              .formatted(String.join(", ", CONFIGS), EXTENSION));
    }
    return new Inspection(path, configs, files);
  }

  private static boolean isTensorFile(Path file) {
    return file.toString().endsWith(EXTENSION) && Files.isRegularFile(file);
  }

  private static TensorFile read(Path path) {
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      Map<String, TensorInfo> tensors = new LinkedHashMap<>();
      file.names().forEach(name -> tensors.put(name, file.info(name)));
      return new TensorFile(String.valueOf(path.getFileName()), file.metadata(), tensors);
    }
  }

  private static JsonNode readJson(Path path) throws IOException {
    try {
      return JsonMapper.builder().build().readTree(Files.readString(path));
    } catch (JsonProcessingException e) {
      throw new CheckpointException(path, "not valid JSON: " + e.getOriginalMessage(), e);
    }
  }
}
