package dev.orthant.core.dl4j;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.ConfigEncoder;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.Parameter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a network's configuration says of the adapter of one layer: enough to make it again when the
 * network is read from a file.
 *
 * @param type the name of its {@link AdapterFactory}
 * @param settings the factory's configuration for this layer, as a configuration file has it
 * @param parameters its arrays, in the adapter's order
 */
public record LayerAdapter(
    String type, Map<String, Object> settings, List<LayerParameter> parameters) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies both collections. */
  public LayerAdapter {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    parameters = List.copyOf(parameters);
  }

  /**
   * What is to be kept of an adapter.
   *
   * @throws IllegalArgumentException if the adapter is held to its basis by more than leaving a
   *     factor alone, which the network's updaters cannot do
   */
  static <C extends Record> LayerAdapter of(
      String module, AdapterFactory<C> factory, C config, Adapter adapter) {
    List<LayerParameter> parameters = new ArrayList<>();
    for (Parameter parameter : adapter.parameters()) {
      requireHoldable(module, parameter);
      parameters.add(LayerParameter.of(parameter));
    }
    JsonNode settings = new ConfigEncoder().toNode(config);
    return new LayerAdapter(factory.name(), asMap(settings), parameters);
  }

  /** The adapter as it is before training; without statistics, constraint or others of its kind. */
  <C extends Record> Adapter fresh(AdapterFactory<C> factory, AdapterSite site) {
    return factory.create(config(factory), site);
  }

  /** The adapter, with arbitrary values. */
  <C extends Record> Adapter blank(AdapterFactory<C> factory, AdapterSite site) {
    return factory.blank(config(factory), site);
  }

  private <C extends Record> C config(AdapterFactory<C> factory) {
    return new ConfigDecoder()
        .decode(JSON.valueToTree(settings), factory.configType(), factory.defaults());
  }

  /** The number of elements of all arrays. */
  long length() {
    return parameters.stream().mapToLong(LayerParameter::length).sum();
  }

  private static void requireHoldable(String module, Parameter parameter) {
    if (parameter.constraint() != null
        && !(parameter.constraint().hold() instanceof Hold.InitOnly)
        && !(parameter.constraint().hold() instanceof Hold.Frozen)) {
      throw new IllegalArgumentException(
          "'%s' of layer '%s' is held as '%s', which a network's updater cannot do; choose hold init-only or frozen"
              .formatted(
                  parameter.name(),
                  module,
                  parameter.constraint().hold().getClass().getSimpleName().toLowerCase()));
    }
  }

  @SuppressWarnings("unchecked") // the tree of a record is an object with textual keys
  private static Map<String, Object> asMap(JsonNode settings) {
    return JSON.convertValue(settings, LinkedHashMap.class);
  }
}
