package dev.orthant.core.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An open model folder in Hugging Face's layout: {@code config.json} with {@code
 * model.safetensors}, or with several files and {@code model.safetensors.index.json}. Safe for use
 * by several threads.
 */
public final class HuggingFaceCheckpoint implements TensorSource, AutoCloseable {

  static final String CONFIG = "config.json";
  static final String WEIGHTS = "model.safetensors";
  static final String INDEX = "model.safetensors.index.json";
  static final String TOKENIZER = "tokenizer.json";
  static final String VOCABULARY = "vocab.txt";

  private final Path folder;
  private final ObjectNode config;
  private final Map<String, SafetensorsFile> files;
  private final Map<String, SafetensorsFile> tensors;
  private @Nullable String fingerprint;

  private HuggingFaceCheckpoint(
      Path folder,
      ObjectNode config,
      Map<String, SafetensorsFile> files,
      Map<String, SafetensorsFile> tensors) {
    this.folder = folder;
    this.config = config;
    this.files = files;
    this.tensors = Collections.unmodifiableMap(tensors);
  }

  /**
   * Opens a folder and checks the headers of its files.
   *
   * @throws CheckpointException if the folder, its configuration or its weights are missing or
   *     malformed
   */
  public static HuggingFaceCheckpoint open(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new CheckpointException(
          folder, Files.exists(folder) ? "is not a folder" : "there is no such folder");
    }
    if (!Files.isRegularFile(folder.resolve(CONFIG))) {
      throw new CheckpointException(
          folder, "has no config.json, so it is not a model folder in Hugging Face's layout");
    }
    ObjectNode config = StrictJson.read(folder.resolve(CONFIG));
    Map<String, SafetensorsFile> files = new TreeMap<>();
    boolean opened = false;
    try {
      Map<String, SafetensorsFile> tensors =
          Files.exists(folder.resolve(WEIGHTS))
              ? openSingle(folder, files)
              : openSharded(folder, files);
      opened = true;
      return new HuggingFaceCheckpoint(folder, config, files, tensors);
    } finally {
      if (!opened) {
        files.values().forEach(SafetensorsFile::close);
      }
    }
  }

  private static Map<String, SafetensorsFile> openSingle(
      Path folder, Map<String, SafetensorsFile> files) {
    SafetensorsFile file = SafetensorsFile.open(folder.resolve(WEIGHTS));
    files.put(WEIGHTS, file);
    Map<String, SafetensorsFile> tensors = new LinkedHashMap<>();
    file.names().forEach(name -> tensors.put(name, file));
    return tensors;
  }

  private static Map<String, SafetensorsFile> openSharded(
      Path folder, Map<String, SafetensorsFile> files) {
    Path index = folder.resolve(INDEX);
    if (!Files.exists(index)) {
      boolean pickled = Files.exists(folder.resolve("pytorch_model.bin"));
      throw new CheckpointException(
          folder,
          "has neither %s nor %s%s"
              .formatted(
                  WEIGHTS,
                  INDEX,
                  pickled ? "; pytorch_model.bin is not read, save it as safetensors" : ""));
    }
    JsonNode map = StrictJson.read(index).path("weight_map");
    if (!map.isObject() || map.isEmpty()) {
      throw new CheckpointException(index, "needs weight_map, an object of tensor name to file");
    }
    Map<String, String> fileOf = new LinkedHashMap<>();
    map.properties()
        .forEach(e -> fileOf.put(e.getKey(), plainName(index, e.getKey(), e.getValue())));
    for (String name : new TreeSet<>(fileOf.values())) {
      files.put(name, SafetensorsFile.open(folder.resolve(name)));
    }
    Map<String, SafetensorsFile> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, SafetensorsFile> shard : files.entrySet()) {
      for (String name : shard.getValue().names()) {
        if (shard.getKey().equals(fileOf.get(name))) {
          tensors.put(name, shard.getValue());
        }
      }
    }
    fileOf.forEach(
        (name, file) -> {
          if (!tensors.containsKey(name)) {
            throw new CheckpointException(
                folder.resolve(file), "has no tensor '%s', which %s says".formatted(name, INDEX));
          }
        });
    return tensors;
  }

  /** A folder may come from anywhere, so its index must not lead out of it. */
  private static String plainName(Path index, String tensor, JsonNode file) {
    String name = file.asText();
    if (!file.isTextual() || !name.matches("[A-Za-z0-9_][A-Za-z0-9._-]*")) {
      throw new CheckpointException(
          index,
          "puts tensor '%s' into %s, expected the plain name of a file in the same folder"
              .formatted(tensor, file));
    }
    return name;
  }

  /** Where the folder is. */
  public Path folder() {
    return folder;
  }

  /** The contents of {@code config.json}; a copy. */
  public ObjectNode config() {
    return config.deepCopy();
  }

  /** {@inheritDoc} The order is that of the bytes in the files, by file name. */
  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public TensorInfo info(String name) {
    return fileOf(name).info(name);
  }

  @Override
  public INDArray read(String name) {
    return fileOf(name).read(name);
  }

  /** The files of the weights, by name. */
  public List<SafetensorsFile> files() {
    return List.copyOf(files.values());
  }

  /**
   * The file a tensor is in; it is closed with this checkpoint.
   *
   * @throws CheckpointException if there is no such tensor
   */
  public SafetensorsFile fileOf(String name) {
    SafetensorsFile file = tensors.get(name);
    if (file == null) {
      throw new CheckpointException(
          folder,
          "no tensor '%s' among its %d, which are %s%s"
              .formatted(
                  name,
                  tensors.size(),
                  String.join(", ", tensors.keySet().stream().limit(3).toList()),
                  tensors.size() > 3 ? ", ..." : ""));
    }
    return file;
  }

  /**
   * The folder's {@code tokenizer.json}, or the {@code vocab.txt} of a BERT that has none.
   *
   * @throws CheckpointException if there is neither
   */
  public Path tokenizerFile() {
    for (String name : List.of(TOKENIZER, VOCABULARY)) {
      if (Files.isRegularFile(folder.resolve(name))) {
        return folder.resolve(name);
      }
    }
    throw new CheckpointException(folder, "has no tokenizer.json and no vocab.txt");
  }

  /**
   * A digest of the model: SHA-256, in hexadecimal, over the bytes of {@code config.json} and, by
   * name, the name, element type, shape and bytes of every tensor. It does not depend on how the
   * tensors are spread over files. Computed at the first call.
   */
  public synchronized String fingerprint() {
    if (fingerprint == null) {
      fingerprint = computeFingerprint();
    }
    return fingerprint;
  }

  private String computeFingerprint() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(Files.readAllBytes(folder.resolve(CONFIG)));
      OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest);
      for (String name : new TreeSet<>(tensors.keySet())) {
        digest.update((name + '\0' + info(name) + '\0').getBytes(StandardCharsets.UTF_8));
        fileOf(name).copyBytes(name, Channels.newChannel(out));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw CheckpointException.reading(folder, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * The SHA-256 of the folder's tokenizer file, in hexadecimal.
   *
   * @throws CheckpointException if there is none
   */
  public String tokenizerFingerprint() {
    try {
      byte[] tokenizer = Files.readAllBytes(tokenizerFile());
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(tokenizer));
    } catch (IOException e) {
      throw CheckpointException.reading(tokenizerFile(), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Closes the files; what was read stays valid. */
  @Override
  public void close() {
    files.values().forEach(SafetensorsFile::close);
  }
}
