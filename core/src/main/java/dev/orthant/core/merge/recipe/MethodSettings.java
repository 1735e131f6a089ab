package dev.orthant.core.merge.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.ConfigEncoder;
import dev.orthant.core.config.ConfigurationException;
import dev.orthant.core.config.Problem;
import dev.orthant.core.spi.MergerFactory;
import java.util.List;
import java.util.Map;

/**
 * Turns mergekit's parameters into a merger's own configuration: {@code profile} is {@code
 * mergekit} where a merger has one, and what a merger calls by another name is renamed.
 */
final class MethodSettings<C extends Record> {

  private final MergerFactory<C> factory;
  private final ConfigDecoder decoder;
  private final ObjectNode known;

  MethodSettings(MergerFactory<C> factory, ConfigDecoder decoder) {
    this.factory = factory;
    this.decoder = decoder;
    this.known = new ConfigEncoder().toNode(factory.defaults());
  }

  MergerFactory<C> factory() {
    return factory;
  }

  /**
   * The configuration.
   *
   * @param parameters mergekit's, by name
   * @throws ConfigurationException with all problems
   */
  C of(Map<String, JsonNode> parameters) {
    ObjectNode settings = JsonNodeFactory.instance.objectNode();
    if (known.has("profile")) {
      settings.put("profile", "mergekit");
    }
    parameters.forEach((name, value) -> put(settings, name, value));
    return decoder.decode(settings, factory.configType(), factory.defaults());
  }

  /** The merger's own keys, decoded as they are. */
  C ofOwn(ObjectNode settings) {
    return decoder.decode(settings, factory.configType(), factory.defaults());
  }

  private void put(ObjectNode settings, String name, JsonNode value) {
    switch (name) {
      case "int8_mask" -> {} // how masks are stored, which changes no result
      case "scale" -> settings.set(name, value.isNull() ? settings.numberNode(1) : value);
      case "nuslerp_flatten" -> {
        if (value.isBoolean() && !value.booleanValue() && !settings.has("vectors")) {
          settings.put("vectors", "row");
        }
      }
      case "nuslerp_row_wise" -> {
        if (value.asBoolean() && settings.has("vectors")) {
          settings.put("vectors", "column");
        }
      }
      case "density" -> {
        if (known.has(name)) {
          settings.set(name, value);
        } // task arithmetic has no sparsifier that could obey it
      }
      case "normalize" -> {
        if (!known.has(name) && known.has("merge")) {
          settings.put("merge", value.asBoolean() ? "mean" : "sum");
        } else {
          settings.set(name, value);
        }
      }
      case "rescale" -> rescale(settings, value);
      default -> settings.set(name, value);
    }
  }

  private void rescale(ObjectNode settings, JsonNode value) {
    if (value.asBoolean() && !known.has("rescale")) {
      throw new ConfigurationException(
          factory.name(),
          List.of(new Problem("rescale", "is not supported by '" + factory.name() + "'")));
    }
    if (!value.asBoolean() && known.has("rescale")) {
      settings.put("rescale", "none");
    }
  }
}
