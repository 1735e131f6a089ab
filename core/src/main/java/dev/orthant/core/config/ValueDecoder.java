package dev.orthant.core.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.orthant.core.plugin.NearestName;
import dev.orthant.core.spi.TargetModules;
import java.lang.reflect.Type;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decodes single values by the type of their record component. */
final class ValueDecoder {

  /** Stands for a value whose problem has been told. */
  static final Object INVALID = new Object();

  private final List<Problem> problems;
  private final @Nullable Path folder;
  private final RecordDecoder records;
  private final NumberDecoder numbers = new NumberDecoder();

  /**
   * @param problems what is wrong is added here
   * @param folder what relative paths are resolved against; null leaves them as they are
   */
  ValueDecoder(List<Problem> problems, @Nullable Path folder, ConfigText text) {
    this.problems = problems;
    this.folder = folder;
    this.records = new RecordDecoder(problems, this, text);
  }

  /** The value, or {@link #INVALID} after adding what is wrong. */
  @Nullable Object decode(
      JsonNode node, Type type, @Nullable Object defaults, boolean nullable, String path) {
    Class<?> raw = Field.raw(type);
    if (node.isNull() && (nullable || raw == Optional.class)) {
      return nullable ? null : Optional.empty();
    }
    if (node.isNull()) {
      problems.add(new Problem(path, "must not be null"));
      return INVALID;
    }
    if (raw == Optional.class) {
      Object inner = defaults instanceof Optional<?> given ? given.orElse(null) : null;
      Object value = decode(node, Field.argument(type, 0), inner, false, path);
      return value == INVALID ? INVALID : Optional.ofNullable(value);
    }
    if (raw == List.class) {
      return list(node, Field.argument(type, 0), path);
    }
    if (raw == Map.class) {
      return map(node, type, path);
    }
    return plain(node, raw, defaults, path);
  }

  /** Adds a problem of type and gives {@link #INVALID}. */
  Object invalid(String path, String expected, JsonNode node) {
    problems.add(new Problem(path, expected + ", was " + describe(node)));
    return INVALID;
  }

  private Object plain(JsonNode node, Class<?> type, @Nullable Object defaults, String path) {
    if (NumberDecoder.supports(type)) {
      try {
        return numbers.decode(node, type);
      } catch (IllegalArgumentException e) {
        return invalid(path, String.valueOf(e.getMessage()), node);
      }
    }
    if (type == boolean.class || type == Boolean.class) {
      return node.isBoolean() ? node.booleanValue() : invalid(path, "must be true or false", node);
    }
    if (type == String.class) {
      return text(node, path);
    }
    if (type == Path.class) {
      return path(node, path);
    }
    if (type.isEnum()) {
      return constant(node, type, path);
    }
    if (JsonNode.class.isAssignableFrom(type)) {
      return type.isInstance(node) ? node : invalid(path, "must be a mapping", node);
    }
    if (type == TargetModules.class && !node.isObject()) {
      return targetModules(node, path);
    }
    if (type.isRecord()) {
      return records.decode(node, type.asSubclass(Record.class), defaults, path);
    }
    if (type.isSealed()) {
      return variant(node, type, defaults, path);
    }
    throw new IllegalStateException(type + " is not a type that a configuration can have");
  }

  /** Text; whole numbers and truth values are taken as they are commonly written. */
  private Object text(JsonNode node, String path) {
    boolean unambiguous = node.isTextual() || node.isIntegralNumber() || node.isBoolean();
    return unambiguous ? node.asText() : invalid(path, "must be text (in quotes)", node);
  }

  private Object path(JsonNode node, String path) {
    if (!node.isTextual() || node.textValue().isBlank()) {
      return invalid(path, "must be the path of a file or folder", node);
    }
    try {
      Path given = Path.of(node.textValue());
      return folder == null ? given : folder.resolve(given).normalize();
    } catch (InvalidPathException e) {
      return invalid(path, "must be the path of a file or folder", node);
    }
  }

  private Object constant(JsonNode node, Class<?> type, String path) {
    List<Enum<?>> constants =
        Arrays.stream(type.getEnumConstants()).<Enum<?>>map(c -> (Enum<?>) c).toList();
    for (Enum<?> constant : constants) {
      if (node.isTextual() && KeyNames.word(constant).equals(node.textValue())) {
        return constant;
      }
    }
    return noSuchWord(node, constants.stream().map(KeyNames::word).toList(), path);
  }

  private Object noSuchWord(JsonNode node, List<String> words, String path) {
    String hint = node.isTextual() ? NearestName.hint(node.textValue(), words) : "";
    problems.add(
        new Problem(
            path,
            "must be one of %s, was %s%s"
                .formatted(String.join(", ", words), describe(node), hint)));
    return INVALID;
  }

  private Object targetModules(JsonNode node, String path) {
    Object include = node.isTextual() ? List.of(node.textValue()) : list(node, String.class, path);
    if (include == INVALID) {
      return INVALID;
    }
    try {
      List<String> names = ((List<?>) include).stream().map(String.class::cast).toList();
      return new TargetModules(names, List.of(), List.of());
    } catch (IllegalArgumentException e) {
      problems.add(new Problem(path, String.valueOf(e.getMessage())));
      return INVALID;
    }
  }

  private Object variant(JsonNode node, Class<?> type, @Nullable Object defaults, String path) {
    Map<String, Class<?>> variants = new LinkedHashMap<>();
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      variants.put(KeyNames.word(permitted), permitted);
    }
    boolean isMapping = node.isObject() && node.size() == 1;
    String word = isMapping ? node.fieldNames().next() : node.asText();
    Class<?> variant = variants.get(word);
    if (variant == null) {
      return noSuchWord(node, List.copyOf(variants.keySet()), path);
    }
    List<Field> fields = RecordType.of(variant).fields();
    Object given = variant.isInstance(defaults) ? defaults : null;
    JsonNode value = isMapping ? node.get(word) : JsonNodeFactory.instance.objectNode();
    if (fields.size() == 1 && !value.isObject()) {
      value = JsonNodeFactory.instance.objectNode().set(fields.get(0).key(), value);
    }
    return records.decode(value, variant.asSubclass(Record.class), given, path + "." + word);
  }

  private Object list(JsonNode node, Type elementType, String path) {
    if (node.isTextual() && elementType == String.class) {
      return List.of(node.textValue());
    }
    if (!node.isArray()) {
      return invalid(path, "must be a list", node);
    }
    List<Object> elements = new ArrayList<>();
    for (int i = 0; i < node.size(); i++) {
      elements.add(decode(node.get(i), elementType, null, false, path + "[" + i + "]"));
    }
    return elements.contains(INVALID) ? INVALID : List.copyOf(elements);
  }

  private Object map(JsonNode node, Type type, String path) {
    if (Field.raw(Field.argument(type, 0)) != String.class) {
      throw new IllegalStateException(type + " needs String keys to be configured");
    }
    if (!node.isObject()) {
      return invalid(path, "must be a mapping of names to values", node);
    }
    Map<String, Object> entries = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String at = path + "." + entry.getKey();
      entries.put(
          entry.getKey(), decode(entry.getValue(), Field.argument(type, 1), null, false, at));
    }
    return entries.containsValue(INVALID) ? INVALID : Collections.unmodifiableMap(entries);
  }

  private static String describe(JsonNode node) {
    if (node.isTextual()) {
      return "'" + node.textValue() + "'";
    }
    if (node.isArray()) {
      return "a list";
    }
    return node.isObject() ? "a mapping" : node.asText();
  }
}
