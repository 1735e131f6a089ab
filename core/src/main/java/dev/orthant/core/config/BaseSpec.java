package dev.orthant.core.config;

import dev.orthant.core.kernel.Precision;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The model that everything starts from.
 *
 * @param model a folder in the Hugging Face layout, or {@code maven:} and the name of a model that
 *     is on the class path or fetched by Maven
 * @param maxLength texts are cut to this many tokens
 * @param weights how the weights of linear layers are held in memory; {@code bf16} is half of it
 */
public record BaseSpec(
    String model, @Default("128") int maxLength, @Default("fp32") Precision weights) {

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

  /** Weights in single precision. */
  public BaseSpec(String model, int maxLength) {
    this(model, maxLength, Precision.FP32);
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
        .map(path -> new BaseSpec(parent.resolve(path).normalize().toString(), maxLength, weights))
        .orElse(this);
  }
}
