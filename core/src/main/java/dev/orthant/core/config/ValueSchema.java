package dev.orthant.core.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.spi.TargetModules;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** JSON Schema of what {@link ValueDecoder} and {@link RecordDecoder} take. */
final class ValueSchema {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final ConfigEncoder encoder = new ConfigEncoder();

  /**
   * A record: all of its keys, and no others unless it takes what remains.
   *
   * @param defaults values of absent keys; null if what has no default is required
   */
  ObjectNode record(Class<?> type, @Nullable Object defaults) {
    RecordType record = RecordType.of(type);
    ObjectNode schema = NODES.objectNode().put("type", "object");
    schema.set("properties", properties(record, defaults));
    schema.put("additionalProperties", record.takesRemaining());
    if (defaults == null) {
      ArrayNode required = NODES.arrayNode();
      record.fields().stream()
          .filter(field -> !field.isRemaining() && field.isRequired())
          .forEach(field -> required.add(field.key()));
      if (!required.isEmpty()) {
        schema.set("required", required);
      }
    }
    return schema;
  }

  /** The keys of a record. */
  ObjectNode properties(RecordType record, @Nullable Object defaults) {
    ObjectNode properties = NODES.objectNode();
    ObjectNode values = defaults instanceof Record known ? encoder.toNode(known) : null;
    Map<String, String> meanings = KeyMeanings.of(record.type());
    for (int i = 0; i < record.fields().size(); i++) {
      Field field = record.fields().get(i);
      if (!field.isRemaining()) {
        ObjectNode property = property(record, i, defaults, values);
        describe(property, meanings.getOrDefault(field.component().getName(), ""));
        properties.set(field.key(), property);
      }
    }
    return properties;
  }

  /** Puts the meaning before the rules, of which it may tell some. */
  private static void describe(ObjectNode property, String meaning) {
    String rules = property.path("description").asText();
    String both = rules.isEmpty() || meaning.contains(rules) ? meaning : meaning + "; " + rules;
    if (!meaning.isEmpty()) {
      property.put("description", both);
    }
  }

  private ObjectNode property(
      RecordType record, int index, @Nullable Object defaults, @Nullable ObjectNode values) {
    Field field = record.fields().get(index);
    Object nested = defaults == null ? null : field.valueIn(defaults);
    ObjectNode schema = value(field.type(), nested);
    if (defaults != null || record.fields().size() == 1) {
      FieldProbe probe = new FieldProbe(record, defaults, index);
      List<String> rules = probe.rules();
      if (!rules.isEmpty()) {
        schema.put("description", String.join("; ", rules));
        bound(schema, probe.bounds());
      }
    }
    if (field.isNullable() || field.rawType() == Optional.class) {
      schema = orNull(schema);
    }
    JsonNode otherwise = values == null ? null : values.get(field.key());
    if (otherwise != null && !otherwise.isNull()) {
      schema.set("default", otherwise);
    }
    return schema;
  }

  private static void bound(ObjectNode schema, Bounds bounds) {
    Double least = bounds.least();
    if (least != null) {
      schema.set(bounds.leastExcluded() ? "exclusiveMinimum" : "minimum", number(least));
    }
    Double greatest = bounds.greatest();
    if (greatest != null) {
      schema.set(bounds.greatestExcluded() ? "exclusiveMaximum" : "maximum", number(greatest));
    }
  }

  private static JsonNode number(double value) {
    return value == Math.rint(value) ? NODES.numberNode((long) value) : NODES.numberNode(value);
  }

  private ObjectNode value(Type type, @Nullable Object defaults) {
    Class<?> raw = Field.raw(type);
    if (raw == Optional.class) {
      Object inner = defaults instanceof Optional<?> given ? given.orElse(null) : null;
      return value(Field.argument(type, 0), inner);
    }
    if (raw == List.class) {
      return list(Field.argument(type, 0));
    }
    if (raw == Map.class) {
      ObjectNode map = ofType("object");
      map.set("additionalProperties", value(Field.argument(type, 1), null));
      return map;
    }
    if (raw == TargetModules.class) {
      return anyOf(list(String.class), record(raw, null));
    }
    if (raw.isEnum()) {
      ArrayNode words = NODES.arrayNode();
      for (Object constant : raw.getEnumConstants()) {
        words.add(KeyNames.word((Enum<?>) constant));
      }
      return NODES.objectNode().set("enum", words);
    }
    if (raw.isRecord()) {
      return record(raw, defaults == null ? RecordType.of(raw).staticDefaults() : defaults);
    }
    return raw.isSealed() ? oneOfSealed(raw, defaults) : plain(raw);
  }

  private static ObjectNode plain(Class<?> type) {
    if (NumberDecoder.supports(type)) {
      return ofType(NumberDecoder.isWhole(type) ? "integer" : "number");
    }
    if (type == boolean.class || type == Boolean.class) {
      return ofType("boolean");
    }
    if (type == String.class) { // numbers and truth values need no quotes
      return NODES.objectNode().set("type", words("string", "integer", "boolean"));
    }
    if (JsonNode.class.isAssignableFrom(type)) {
      return type == ObjectNode.class ? ofType("object") : NODES.objectNode();
    }
    return ofType("string"); // paths
  }

  private ObjectNode list(Type element) {
    ObjectNode list = ofType("array");
    list.set("items", value(element, null));
    return element == String.class ? anyOf(ofType("string"), list) : list;
  }

  /** A word alone, and a mapping of the word to its components. */
  private ObjectNode oneOfSealed(Class<?> sealed, @Nullable Object given) {
    ArrayNode alternatives = NODES.arrayNode();
    for (Class<?> variant : sealed.getPermittedSubclasses()) {
      RecordType record = RecordType.of(variant);
      Object defaults = variant.isInstance(given) ? given : record.staticDefaults();
      String word = KeyNames.word(variant);
      if (defaults != null || record.fields().stream().noneMatch(Field::isRequired)) {
        alternatives.add(NODES.objectNode().put("const", word));
      }
      if (record.fields().isEmpty()) {
        continue;
      }
      ObjectNode components = record(variant, defaults);
      ObjectNode taken =
          record.fields().size() == 1
              ? anyOf(property(record, 0, defaults, null), components)
              : components;
      ObjectNode mapping = ofType("object");
      mapping.putObject("properties").set(word, taken);
      mapping.put("additionalProperties", false).set("required", words(word));
      alternatives.add(mapping);
    }
    return NODES.objectNode().set("anyOf", alternatives);
  }

  private static ObjectNode orNull(ObjectNode schema) {
    JsonNode type = schema.get("type");
    if (type != null && type.isTextual()) {
      schema.set("type", words(type.textValue(), "null"));
      return schema;
    }
    if (type instanceof ArrayNode several) {
      several.add("null");
      return schema;
    }
    return anyOf(schema, ofType("null"));
  }

  private static ObjectNode ofType(String type) {
    return NODES.objectNode().put("type", type);
  }

  private static ObjectNode anyOf(ObjectNode one, ObjectNode other) {
    return NODES.objectNode().set("anyOf", NODES.arrayNode().add(one).add(other));
  }

  private static ArrayNode words(String... words) {
    ArrayNode array = NODES.arrayNode();
    for (String word : words) {
      array.add(word);
    }
    return array;
  }
}
