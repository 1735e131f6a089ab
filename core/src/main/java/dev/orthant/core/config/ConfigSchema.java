package dev.orthant.core.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.plugin.Kind;
import dev.orthant.core.spi.Component;
import dev.orthant.core.spi.Reference;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes the JSON Schema (2020-12) of a configuration file: every key of the records, and for every
 * component of a catalog the keys of its own configuration, with types, defaults, and the ranges
 * that its record's constructor keeps to. An editor that knows the schema completes and checks
 * files as {@link ConfigDecoder} would; what only depends on several keys together is left to that.
 *
 * <p>Only {@code if}/{@code then}, {@code anyOf} and {@code $ref} are used beside types and ranges,
 * which older drafts have too, for editors that know no newer one.
 */
public final class ConfigSchema {

  /** The dialect that is written. */
  public static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final Map<Class<?>, Kind> KINDS =
      Map.of(
          AdapterSpec.class, Kind.ADAPTER,
          ConstraintSpec.class, Kind.CONSTRAINT,
          MergerSpec.class, Kind.MERGER,
          TaskSpec.class, Kind.TASK,
          TransformSpec.class, Kind.TRANSFORM);

  private final ValueSchema values = new ValueSchema();
  private final Catalog catalog;
  private final Map<String, Record> mappings;

  /**
   * @param catalog the components there are
   * @param mappings defaults of what keys take that records leave open, such as {@code training}
   */
  public ConfigSchema(Catalog catalog, Map<String, Record> mappings) {
    this.catalog = catalog;
    this.mappings = Map.copyOf(mappings);
  }

  /**
   * The schema of a file.
   *
   * @param type what the file is decoded into
   * @param title what the file is
   * @param given {@code kind.key} of what is required by a record, but filled in where it is absent
   */
  public ObjectNode of(Class<? extends Record> type, String title, List<String> given) {
    ObjectNode schema = NODES.objectNode().put("$schema", DIALECT).put("title", title);
    schema.setAll(linked(values.record(type, null), type));
    ObjectNode definitions = schema.putObject("$defs");
    KINDS.entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .forEach(spec -> define(spec.getKey(), spec.getValue(), definitions));
    for (String path : given) {
      int dot = path.indexOf('.');
      definitions
          .properties()
          .forEach(entry -> relax(entry, path.substring(0, dot), path.substring(dot + 1)));
    }
    return schema;
  }

  private static void relax(Map.Entry<String, JsonNode> definition, String kind, String key) {
    String name = definition.getKey();
    boolean ofKind = name.equals(kind) || name.startsWith(kind + "-");
    if (ofKind && definition.getValue().get("required") instanceof ArrayNode required) {
      ArrayNode others = NODES.arrayNode();
      for (JsonNode one : required) {
        if (!one.textValue().equals(key)) {
          others.add(one);
        }
      }
      ((ObjectNode) definition.getValue()).set("required", others);
    }
  }

  /** Replaces what is a component's, or known by the key, by a reference or the known record. */
  private ObjectNode linked(ObjectNode schema, Class<?> type) {
    ObjectNode properties = (ObjectNode) schema.get("properties");
    for (Field field : RecordType.of(type).fields()) {
      if (field.isRemaining()) {
        continue;
      }
      ObjectNode link = link(field);
      if (link != null) {
        JsonNode meaning = properties.path(field.key()).path("description");
        if (meaning.isTextual()) {
          link.set("description", meaning);
        }
        properties.set(field.key(), link);
      }
    }
    return schema;
  }

  private @Nullable ObjectNode link(Field field) {
    Record known = mappings.get(field.key());
    if (field.rawType() == ObjectNode.class && known != null) {
      return values.record(known.getClass(), known);
    }
    if (KINDS.containsKey(field.rawType())) {
      return reference(KINDS.get(field.rawType()));
    }
    if (field.rawType() == List.class) {
      Kind ofElements = KINDS.get(Field.raw(Field.argument(field.type(), 0)));
      if (ofElements != null) {
        ObjectNode list = NODES.objectNode().put("type", "array");
        return list.set("items", reference(ofElements));
      }
    }
    return null;
  }

  private static ObjectNode reference(Kind kind) {
    return reference(kind.label());
  }

  private static ObjectNode reference(String definition) {
    return NODES.objectNode().put("$ref", "#/$defs/" + definition);
  }

  private void define(Class<?> spec, Kind kind, ObjectNode definitions) {
    List<String> names = catalog.names(kind);
    for (String name : names) {
      definitions.set(kind.label() + "-" + name, component(spec, catalog.get(kind, name)));
    }
    ObjectNode any = NODES.objectNode().put("type", "object");
    ObjectNode keys = any.putObject("properties");
    keys.putObject("type")
        .set("enum", NODES.arrayNode().addAll(names.stream().map(NODES::textNode).toList()));
    ArrayNode choices = any.putArray("allOf");
    names.forEach(name -> choices.add(chosen(kind, name, typeIs(name))));
    if (kind == Kind.TASK) {
      otherTasks(spec, names, keys, choices, definitions);
    } else {
      any.putArray("required").add("type");
    }
    definitions.set(kind.label(), any);
  }

  private static ObjectNode typeIs(String name) {
    ObjectNode condition = NODES.objectNode();
    condition.putObject("properties").putObject("type").put("const", name);
    condition.putArray("required").add("type");
    return condition;
  }

  private static ObjectNode chosen(Kind kind, String name, ObjectNode condition) {
    ObjectNode choice = NODES.objectNode();
    choice.set("if", condition);
    choice.set("then", reference(kind.label() + "-" + name));
    return choice;
  }

  /**
   * Tasks are chosen by {@code source} as well, or are files of rows, or in a file of their own.
   */
  private void otherTasks(
      Class<?> spec, List<String> names, ObjectNode keys, ArrayNode choices, ObjectNode into) {
    String known = names.stream().collect(Collectors.joining("|", "^(", "):.+"));
    keys.putObject("source").put("type", "string").put("pattern", known);
    for (String name : names) {
      ObjectNode condition = NODES.objectNode();
      condition.putObject("properties").putObject("source").put("pattern", "^" + name + ":");
      condition.putArray("required").add("source");
      choices.add(chosen(Kind.TASK, name, condition));
    }
    into.set("task-in-file", linked(values.record(spec, null), spec));
    ObjectNode rows = linked(values.record(spec, null), spec);
    rows.put("additionalProperties", false);
    into.set("task-of-rows", rows);
    ObjectNode inFile = NODES.objectNode();
    inFile.putArray("required").add("file");
    ObjectNode isChosen = NODES.objectNode();
    ArrayNode ways = isChosen.putObject("not").putArray("anyOf");
    for (String way : List.of("type", "source", "file")) {
      ways.addObject().putArray("required").add(way);
    }
    choices.addObject().<ObjectNode>set("if", inFile).set("then", reference("task-in-file"));
    choices.addObject().<ObjectNode>set("if", isChosen).set("then", reference("task-of-rows"));
  }

  /** The keys of a specification and of the component's own configuration side by side. */
  private ObjectNode component(Class<?> spec, Component<?> component) {
    ObjectNode schema = linked(values.record(spec, null), spec);
    Record defaults = component.defaults();
    ObjectNode own = values.properties(RecordType.of(defaults.getClass()), defaults);
    ObjectNode properties = (ObjectNode) schema.get("properties");
    properties.setAll(own);
    properties.set("type", NODES.objectNode().put("const", component.name()));
    if (properties.has("grid")) {
      properties.set("grid", grid(own));
    }
    schema.put("additionalProperties", false).put("description", description(component));
    return schema;
  }

  /** Lists of values of a component's own keys. */
  private static ObjectNode grid(ObjectNode own) {
    ObjectNode grid = NODES.objectNode().put("type", "object");
    ObjectNode lists = grid.putObject("properties");
    own.properties()
        .forEach(
            entry -> {
              ObjectNode list = lists.putObject(entry.getKey()).put("type", "array");
              list.put("minItems", 1).set("items", entry.getValue());
            });
    return grid.put("additionalProperties", false);
  }

  private static String description(Component<?> component) {
    String papers =
        component.references().stream().map(Reference::toString).collect(Collectors.joining("; "));
    return papers.isEmpty() ? component.summary() : component.summary() + ". " + papers;
  }
}
