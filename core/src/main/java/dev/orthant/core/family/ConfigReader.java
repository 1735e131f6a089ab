package dev.orthant.core.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.kernel.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the fields of a {@code config.json}; notes all problems before it complains. */
final class ConfigReader {

  /** The activations by the names that Hugging Face gives them. */
  private static final Map<String, Activation> ACTIVATIONS =
      Map.of(
          "gelu", Activation.GELU,
          "gelu_new", Activation.GELU_TANH,
          "gelu_pytorch_tanh", Activation.GELU_TANH,
          "gelu_fast", Activation.GELU_TANH,
          "quick_gelu", Activation.QUICK_GELU,
          "silu", Activation.SILU,
          "swish", Activation.SILU,
          "relu", Activation.RELU);

  private final JsonNode json;
  private final List<String> problems = new ArrayList<>();

  ConfigReader(JsonNode json) {
    this.json = json;
  }

  /** A whole number that has to be there. */
  int integer(String field) {
    JsonNode value = json.path(field);
    if (!value.isInt()) {
      problems.add(
          field + (isAbsent(value) ? " is missing" : " is not a whole number, was " + value));
    }
    return value.asInt();
  }

  /** A whole number, or another if it is missing or null. */
  int integer(String field, int otherwise) {
    return isAbsent(json.path(field)) ? otherwise : integer(field);
  }

  /** Notes a value below 1, and gives 1 instead. */
  int positive(String field, int value) {
    if (value < 1) {
      problem(field + " must be at least 1, was " + value);
      return 1;
    }
    return value;
  }

  /** A number, or another if it is missing or null. */
  double number(String field, double otherwise) {
    JsonNode value = json.path(field);
    if (isAbsent(value)) {
      return otherwise;
    }
    if (!value.isNumber()) {
      problems.add(field + " is not a number, was " + value);
    }
    return value.asDouble();
  }

  /** Whether a field is true, or something else if it is missing or null. */
  boolean flag(String field, boolean otherwise) {
    JsonNode value = json.path(field);
    return isAbsent(value) ? otherwise : value.asBoolean();
  }

  /** The function of a field. */
  Activation activation(String field, String otherwise) {
    String name = text(field, otherwise);
    Activation known = name == null ? null : ACTIVATIONS.get(name);
    if (known == null) {
      problems.add(
          "%s is %s, supported are %s"
              .formatted(
                  field, quoted(name), String.join(", ", new TreeSet<>(ACTIVATIONS.keySet()))));
      return Activation.GELU;
    }
    return known;
  }

  /** Refuses any other value of a field. */
  void only(String field, String supported, @Nullable String otherwise) {
    String value = text(field, otherwise);
    if (!supported.equals(value)) {
      problem("%s is %s, supported is '%s'".formatted(field, quoted(value), supported));
    }
  }

  /** Refuses a field that is true. */
  void never(String field) {
    if (flag(field, false)) {
      problem(field + " is true, supported is false");
    }
  }

  /** Notes what is wrong. */
  void problem(String what) {
    problems.add(what);
  }

  /**
   * Throws if anything is wrong.
   *
   * @throws IllegalArgumentException with all of it
   */
  void check(String family) {
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "unsupported %s configuration: %s".formatted(family, String.join("; ", problems)));
    }
  }

  private @Nullable String text(String field, @Nullable String otherwise) {
    JsonNode value = json.path(field);
    return isAbsent(value) ? otherwise : value.asText();
  }

  private static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }

  private static String quoted(@Nullable String value) {
    return value == null ? "missing" : "'" + value + "'";
  }
}
