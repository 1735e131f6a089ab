package dev.orthant.core.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.orthant.core.spi.TargetModules;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Encodes records as {@link ConfigDecoder} reads them, every value spelled out and keys in the
 * order of the components, so that what a run was configured with can be kept beside its results:
 * decoding gives an equal record. Stateless and safe for use by several threads.
 */
public final class ConfigEncoder {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final ObjectMapper json =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private final ObjectMapper yaml =
      YAMLMapper.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .disable(YAMLGenerator.Feature.SPLIT_LINES)
          .build();

  /** The record as a tree. */
  public ObjectNode toNode(Record config) {
    ObjectNode node = NODES.objectNode();
    for (Field field : RecordType.of(config.getClass()).fields()) {
      Object value = field.valueIn(config);
      if (field.isRemaining() && value instanceof ObjectNode rest) {
        node.setAll(rest.deepCopy());
      } else {
        node.set(field.key(), value(value, field.type()));
      }
    }
    return node;
  }

  /** The record as indented JSON. */
  public String toJson(Record config) {
    return write(json, toNode(config)) + "\n";
  }

  /** The record as YAML. */
  public String toYaml(Record config) {
    return write(yaml, toNode(config));
  }

  private JsonNode value(@Nullable Object value, Type type) {
    if (value == null) {
      return NODES.nullNode();
    }
    if (value instanceof Optional<?> optional) {
      return value(optional.orElse(null), Field.argument(type, 0));
    }
    if (value instanceof JsonNode node) {
      return node.deepCopy();
    }
    if (value instanceof List<?> list) {
      ArrayNode array = NODES.arrayNode();
      list.forEach(element -> array.add(value(element, Field.argument(type, 0))));
      return array;
    }
    if (value instanceof Map<?, ?> map) {
      ObjectNode object = NODES.objectNode();
      map.forEach(
          (key, element) ->
              object.set(String.valueOf(key), value(element, Field.argument(type, 1))));
      return object;
    }
    if (value instanceof Record record) {
      return Field.raw(type).isSealed() ? variant(record) : record(record);
    }
    return scalar(value);
  }

  private JsonNode record(Record record) {
    if (record instanceof TargetModules targets
        && targets.exclude().isEmpty()
        && targets.layers().isEmpty()) {
      ArrayNode names = NODES.arrayNode();
      targets.include().forEach(names::add);
      return names;
    }
    return toNode(record);
  }

  private JsonNode variant(Record record) {
    String word = KeyNames.word(record.getClass());
    ObjectNode components = toNode(record);
    if (components.isEmpty()) {
      return NODES.textNode(word);
    }
    JsonNode only = components.size() == 1 ? components.elements().next() : components;
    return NODES.objectNode().set(word, only.isObject() ? components : only);
  }

  private static JsonNode scalar(Object value) {
    if (value instanceof Integer number) {
      return NODES.numberNode(number);
    }
    if (value instanceof Long number) {
      return NODES.numberNode(number);
    }
    if (value instanceof Float number) {
      return NODES.numberNode(number);
    }
    if (value instanceof Double number) {
      return NODES.numberNode(number);
    }
    if (value instanceof Boolean truth) {
      return NODES.booleanNode(truth);
    }
    if (value instanceof Enum<?> constant) {
      return NODES.textNode(KeyNames.word(constant));
    }
    if (value instanceof String || value instanceof Path) {
      return NODES.textNode(value.toString());
    }
    throw new IllegalStateException(
        value.getClass() + " is not a type that a configuration can have");
  }

  private static String write(ObjectMapper mapper, JsonNode node) {
    try {
      return mapper.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree that cannot be written", e);
    }
  }
}
