package dev.orthant.core.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.kernel.Rotation;

/**
 * Reads how a decoder rotates queries and keys: {@code rope_theta}, and {@code rope_scaling} of the
 * types {@code default}, {@code linear} and {@code llama3}. Newer files keep all of it in {@code
 * rope_parameters}.
 */
final class RotaryScaling {

  private static final double THETA = 10000; // the default of transformers' configs

  private RotaryScaling() {}

  /**
   * The rotation of heads of a width; notes what is not supported.
   *
   * @param config the whole configuration
   */
  static Rotation read(JsonNode config, int width, ConfigReader problems) {
    JsonNode parameters = config.path("rope_parameters");
    JsonNode scaling = parameters.isObject() ? parameters : config.path("rope_scaling");
    double theta = scaling.path("rope_theta").asDouble(config.path("rope_theta").asDouble(THETA));
    String type = scaling.path("rope_type").asText(scaling.path("type").asText("default"));
    if (config.path("partial_rotary_factor").asDouble(1) != 1) {
      problems.problem(
          "partial_rotary_factor must be 1, was " + config.get("partial_rotary_factor"));
    }
    if (width < 2 || width % 2 != 0) {
      problems.problem("the width of a head must be even, was " + width);
      return Rotation.of(2, THETA);
    }
    return switch (type) {
      case "default" -> Rotation.of(width, theta);
      case "linear" ->
          Rotation.of(linear(frequencies(width, theta), number(scaling, "factor", problems)));
      case "llama3" -> Rotation.of(llama3(frequencies(width, theta), scaling, problems));
      default -> {
        problems.problem(
            "rope_scaling has the type '%s', supported are default, linear, llama3"
                .formatted(type));
        yield Rotation.of(width, theta);
      }
    };
  }

  private static float[] frequencies(int width, double theta) {
    float[] frequencies = new float[width / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = (float) Math.pow(theta, -2.0 * i / width);
    }
    return frequencies;
  }

  private static float[] linear(float[] frequencies, double factor) {
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] /= (float) factor;
    }
    return frequencies;
  }

  /**
   * Llama 3.1's: frequencies whose wavelength does not fit into the original context are divided,
   * short ones stay, and those between go over from one to the other.
   */
  private static float[] llama3(float[] frequencies, JsonNode scaling, ConfigReader problems) {
    double factor = number(scaling, "factor", problems);
    double low = number(scaling, "low_freq_factor", problems);
    double high = number(scaling, "high_freq_factor", problems);
    double context = number(scaling, "original_max_position_embeddings", problems);
    for (int i = 0; i < frequencies.length; i++) {
      double wavelength = 2 * Math.PI / frequencies[i];
      if (wavelength > context / low) {
        frequencies[i] /= (float) factor;
      } else if (wavelength >= context / high) {
        double smooth = (context / wavelength - low) / (high - low);
        frequencies[i] = (float) ((1 - smooth) * frequencies[i] / factor + smooth * frequencies[i]);
      }
    }
    return frequencies;
  }

  private static double number(JsonNode scaling, String field, ConfigReader problems) {
    double value = scaling.path(field).asDouble(Double.NaN);
    if (!(value > 0)) {
      problems.problem(
          "rope_scaling.%s must be above 0, was %s".formatted(field, scaling.path(field)));
      return 1;
    }
    return value;
  }
}
