package dev.orthant.core.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.spi.TargetModules;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says in words what {@link ValueDecoder} takes. */
final class KeyDescriber {

  private final ConfigEncoder encoder = new ConfigEncoder();

  List<KeyDescription> describe(Record defaults, String prefix) {
    RecordType record = RecordType.of(defaults.getClass());
    ObjectNode values = encoder.toNode(defaults);
    Map<String, String> meanings = KeyMeanings.of(defaults.getClass());
    List<KeyDescription> described = new ArrayList<>();
    for (int i = 0; i < record.fields().size(); i++) {
      Field field = record.fields().get(i);
      String key = prefix + field.key();
      JsonNode value = values.path(field.key());
      described.add(
          new KeyDescription(
              key,
              type(field.type()),
              value.isMissingNode() ? "null" : value.toString(),
              meanings.getOrDefault(field.component().getName(), ""),
              new FieldProbe(record, defaults, i).rules()));
      if (field.valueIn(defaults) instanceof Record nested && isPlainRecord(field.rawType())) {
        described.addAll(describe(nested, key + "."));
      }
    }
    return described;
  }

  private static boolean isPlainRecord(Class<?> type) {
    return type.isRecord() && type != TargetModules.class;
  }

  private static String type(Type type) {
    Class<?> raw = Field.raw(type);
    if (raw == Optional.class) {
      return type(Field.argument(type, 0));
    }
    if (raw == List.class) {
      return "list of " + type(Field.argument(type, 0));
    }
    if (raw == Map.class) {
      return "mapping of names to " + type(Field.argument(type, 1));
    }
    if (NumberDecoder.supports(raw)) {
      return NumberDecoder.isWhole(raw) ? "whole number" : "number";
    }
    if (raw == boolean.class || raw == Boolean.class) {
      return "true or false";
    }
    if (raw == String.class) {
      return "text";
    }
    if (raw == Path.class) {
      return "path";
    }
    if (raw == TargetModules.class) {
      return "name or list of names";
    }
    if (raw.isEnum()) {
      return oneOf(Arrays.stream(raw.getEnumConstants()).map(c -> KeyNames.word((Enum<?>) c)));
    }
    if (raw.isSealed()) {
      return oneOf(Arrays.stream(raw.getPermittedSubclasses()).map(KeyDescriber::variant));
    }
    return raw.isRecord() ? "mapping" : "anything";
  }

  private static String variant(Class<?> type) {
    List<String> keys = RecordType.of(type).keys();
    String word = KeyNames.word(type);
    return switch (keys.size()) {
      case 0 -> word;
      case 1 -> "{%s: %s}".formatted(word, keys.get(0));
      default -> "{%s: {%s}}".formatted(word, String.join(", ", keys));
    };
  }

  private static String oneOf(Stream<String> words) {
    return words.collect(Collectors.joining(", ", "one of ", ""));
  }
}
