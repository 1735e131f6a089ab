package dev.orthant.core.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.plugin.NearestName;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decodes mappings into records; see {@link ConfigDecoder} for the rules. */
final class RecordDecoder {

  private final ValueDecoder values;
  private final ConfigText text;
  private final List<Problem> problems;

  RecordDecoder(List<Problem> problems, ValueDecoder values, ConfigText text) {
    this.problems = problems;
    this.values = values;
    this.text = text;
  }

  /** The record, or {@link ValueDecoder#INVALID} after adding what is wrong. */
  Object decode(
      JsonNode node, Class<? extends Record> type, @Nullable Object defaults, String path) {
    if (!node.isObject()) {
      return values.invalid(path, "must be a mapping of keys to values", node);
    }
    RecordType record = RecordType.of(type);
    Object fallback = defaults == null ? record.staticDefaults() : defaults;
    List<Field> fields = record.fields();
    @Nullable Object[] decoded = new Object[fields.size()];
    for (int i = 0; i < decoded.length; i++) {
      decoded[i] = component(node, record, fields.get(i), fallback, path);
    }
    refuseUnknownKeys(node, record, path);
    return construct(node, record, decoded, fallback, path);
  }

  private @Nullable Object component(
      JsonNode node, RecordType record, Field field, @Nullable Object defaults, String path) {
    if (field.isRemaining()) {
      return remaining(node, record);
    }
    Object given = defaults == null ? null : field.valueIn(defaults);
    if (node.has(field.key())) {
      return values.decode(
          node.get(field.key()), field.type(), given, field.isNullable(), child(path, field.key()));
    }
    if (defaults != null) {
      return given;
    }
    return absent(field, child(path, field.key()));
  }

  private @Nullable Object absent(Field field, String path) {
    Optional<String> written = field.writtenDefault();
    if (written.isPresent()) {
      JsonNode value = text.parse("value: " + written.get(), "default").get("value");
      return values.decode(value, field.type(), null, field.isNullable(), path);
    }
    if (field.rawType() == Optional.class) {
      return Optional.empty();
    }
    if (field.isNullable()) {
      return null;
    }
    if (field.rawType().isRecord()) {
      Object defaults = RecordType.of(field.rawType()).staticDefaults();
      if (defaults != null) {
        return defaults;
      }
    }
    problems.add(new Problem(path, "is required"));
    return ValueDecoder.INVALID;
  }

  private static ObjectNode remaining(JsonNode node, RecordType record) {
    ObjectNode rest = JsonNodeFactory.instance.objectNode();
    node.properties().stream()
        .filter(entry -> !record.keys().contains(entry.getKey()))
        .forEach(entry -> rest.set(entry.getKey(), entry.getValue()));
    return rest;
  }

  private void refuseUnknownKeys(JsonNode node, RecordType record, String path) {
    if (record.takesRemaining()) {
      return;
    }
    for (var entry : node.properties()) {
      String key = entry.getKey();
      if (!record.keys().contains(key)) {
        String hint = NearestName.hint(key, record.keys());
        String known =
            record.keys().isEmpty()
                ? ", there are none here"
                : ", known are " + String.join(", ", record.keys());
        problems.add(
            new Problem(child(path, key), "unknown key" + (hint.isEmpty() ? known : hint)));
      }
    }
  }

  /**
   * Calls the constructor. If it refuses and there are defaults, whatever it names is replaced by
   * its default and the constructor called again, to learn what else it refuses.
   */
  private Object construct(
      JsonNode node,
      RecordType record,
      @Nullable Object[] decoded,
      @Nullable Object defaults,
      String path) {
    boolean complete = true;
    for (int i = 0; i < decoded.length; i++) {
      if (decoded[i] == ValueDecoder.INVALID) {
        complete = false;
        if (defaults == null) {
          return ValueDecoder.INVALID;
        }
        decoded[i] = record.fields().get(i).valueIn(defaults);
      }
    }
    Set<Integer> replaced = new HashSet<>();
    while (true) {
      try {
        Object constructed = record.construct(decoded);
        return complete && replaced.isEmpty() ? constructed : ValueDecoder.INVALID;
      } catch (IllegalArgumentException e) {
        String message = String.valueOf(e.getMessage());
        int blamed = record.indexNamedBy(message);
        boolean told = blamed >= 0 && node.has(record.fields().get(blamed).key());
        if (complete || told) {
          String at = blamed < 0 ? path : child(path, record.fields().get(blamed).key());
          problems.add(new Problem(at, message));
        }
        if (!told || defaults == null || !replaced.add(blamed)) {
          return ValueDecoder.INVALID;
        }
        decoded[blamed] = record.fields().get(blamed).valueIn(defaults);
      }
    }
  }

  private static String child(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
