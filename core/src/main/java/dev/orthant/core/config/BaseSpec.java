package dev.orthant.core.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The model that everything starts from.
 *
 * @param model a folder in the Hugging Face layout, or {@code maven:} and the name of a model that
 *     is on the class path or fetched by Maven
 * @param maxLength texts are cut to this many tokens
 */
public record BaseSpec(String model, @Default("128") int maxLength) {

  private static final String MAVEN = "maven:";

  /** Refuses a blank model and lengths without room for a token between two special ones. */
  public BaseSpec {
    if (model.isBlank() || model.equals(MAVEN)) {
      throw new IllegalArgumentException(
          "model must be a folder or 'maven:' and a name, was '" + model + "'");
    }
    if (maxLength < 3) {
      throw new IllegalArgumentException("max_length must be at least 3, was " + maxLength);
    }
  }

  /** The folder, if the model is one. */
  public Optional<Path> folder() {
    return model.startsWith(MAVEN) ? Optional.empty() : Optional.of(Path.of(model));
  }

  /** The name behind {@code maven:}, if the model is such. */
  public Optional<String> mavenName() {
    return model.startsWith(MAVEN)
        ? Optional.of(model.substring(MAVEN.length()))
        : Optional.empty();
  }

  BaseSpec resolvedAgainst(Path parent) {
    return folder()
        .map(path -> new BaseSpec(parent.resolve(path).normalize().toString(), maxLength))
        .orElse(this);
  }
}
