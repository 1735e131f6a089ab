package dev.orthant.core.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads and writes {@code adapter_config.json}. */
final class PeftConfigFile {

  /*
   * A field falls into one of four groups: it is a component of PeftConfig, if only as one of its
   * extra fields; or nothing is lost without it; or it changes what the tensors mean in a way that is
   * not implemented, and then it must be at its default; or it is unknown, and then it is reported
   * and ignored, as PEFT does.
   */

  /** Known and not written: what PEFT sets itself, and what says that there is a mixer. */
  private static final Set<String> DROPPED =
      Set.of(
          "inference_mode",
          "lora_use_mixer",
          "lora_use_mixer_pattern",
          "merge_weights",
          "peft_version",
          "use_moslora");

  /** Kept as they are where they are not at these defaults. */
  private static final Map<String, Object> KEPT =
      Map.ofEntries(
          Map.entry("auto_mapping", ""),
          Map.entry("corda_config", ""),
          Map.entry("ensure_weight_tying", false),
          Map.entry("eva_config", ""),
          Map.entry("init_lora_weights", true),
          Map.entry("loftq_config", ""),
          Map.entry("lora_bias", false),
          Map.entry("lora_ga_config", ""),
          Map.entry("megatron_core", "megatron.core"),
          Map.entry("qalora_group_size", 16),
          Map.entry(TokenRows.FIELD, ""),
          Map.entry("use_dora", false),
          Map.entry("velora_config", ""));

  private static final Map<String, String> UNSUPPORTED =
      Map.ofEntries(
          Map.entry("megatron_config", "save it with PEFT for a model that is not split"),
          Map.entry("layer_replication", "merge the adapter into its base with PEFT"),
          Map.entry("target_parameters", "merge the adapter into its base with PEFT"),
          Map.entry("alora_invocation_tokens", "train a plain LoRA instead"),
          Map.entry("arrow_config", "load the experts it routes between one by one"),
          Map.entry("kasa_config", "convert it with PEFT's convert_to_lora"),
          Map.entry("monteclora_config", "convert it with PEFT's convert_to_lora"),
          Map.entry("use_bdlora", "convert it with PEFT's convert_to_lora"),
          Map.entry("use_qalora", "merge the adapter into its base with PEFT"),
          Map.entry("enable_lora", "save it with a newer version of PEFT"));

  private static final String INIT = ResidualStart.FIELD;

  private static final Set<String> PLAIN_INITS =
      Set.of("true", "false", "gaussian", "orthogonal", "eva", "mica");

  private final Path file;
  private final ObjectNode json;
  private final Set<String> unread;
  private final List<String> warnings = new ArrayList<>();

  private PeftConfigFile(Path file) {
    this.file = file;
    this.json = StrictJson.read(file);
    this.unread = new TreeSet<>();
    json.fieldNames().forEachRemaining(unread::add);
  }

  /**
   * @param expectsMixer whether the file says that its adapters have a mixer
   */
  record Read(PeftConfig config, boolean expectsMixer, List<String> warnings) {}

  static Read read(Path file) {
    return new PeftConfigFile(file).read();
  }

  private Read read() {
    String type = text("peft_type", null);
    if (!"LORA".equals(type)) {
      throw new CheckpointException(
          file,
          "peft_type is %s, expected \"LORA\"; other methods can be converted with PEFT's convert_to_lora"
              .formatted(json.path("peft_type")));
    }
    requireSupported();
    boolean mixer = isSet("lora_use_mixer") || isSet("use_moslora");
    PeftConfig config;
    try {
      config =
          new PeftConfig(
              integer("r", 8),
              real("lora_alpha", 8),
              flag("use_rslora"),
              real("lora_dropout", 0),
              map("rank_pattern", this::asInteger),
              map("alpha_pattern", this::asReal),
              names("target_modules"),
              names("exclude_modules"),
              list("layers_to_transform", this::asInteger),
              list("layers_pattern", this::asText),
              list("modules_to_save", this::asText),
              String.valueOf(text("bias", "none")),
              flag("fan_in_fan_out"),
              text("task_type", null),
              text("base_model_name_or_path", null),
              text("revision", null),
              extraFields());
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(file, String.valueOf(e.getMessage()), e);
    }
    unread.removeAll(DROPPED);
    for (String key : unread) {
      warnings.add("%s: unknown field '%s' is ignored".formatted(file, key));
    }
    return new Read(config, mixer, List.copyOf(warnings));
  }

  /** The fields beyond the classic ones that are not at their defaults. */
  private Map<String, Object> extraFields() {
    flag("use_dora");
    flag("lora_bias");
    Map<String, Object> fields = new LinkedHashMap<>();
    new TreeMap<>(KEPT)
        .forEach(
            (key, otherwise) -> {
              JsonNode node = take(key);
              boolean empty = node == null || node.isContainerNode() && node.isEmpty();
              if (!empty && !plain(node).equals(otherwise)) {
                fields.put(key, plain(node));
              }
            });
    return fields;
  }

  private static Object plain(JsonNode node) {
    if (node.isBoolean()) {
      return node.asBoolean();
    }
    return node.isInt() ? node.asInt() : node.isTextual() ? node.asText() : node;
  }

  private void requireSupported() {
    List<String> problems = new ArrayList<>();
    new TreeMap<>(UNSUPPORTED)
        .forEach(
            (key, advice) -> {
              if (isSet(key)) {
                problems.add("%s is not supported, %s".formatted(key, advice));
              }
              unread.remove(key);
            });
    String init = json.path(INIT).asText("true");
    boolean residual = ResidualStart.of(init).isPresent();
    if (residual && isSet(PeftConfig.DORA)) {
      problems.add(
          "init_lora_weights '%s' with use_dora is not supported, merge the adapter into its base with PEFT"
              .formatted(init));
    } else if (!residual && json.has(INIT) && !PLAIN_INITS.contains(init)) {
      problems.add(
          "init_lora_weights '%s' changes the base weights, convert it with PEFT's save_pretrained(..., path_initial_model_for_weight_conversion=...)"
              .formatted(init));
    }
    if (isSet(PeftConfig.BIAS) && (isSet(PeftConfig.DORA) || !init.matches("true|false"))) {
      problems.add(
          "lora_bias goes with neither use_dora nor init_lora_weights '%s'".formatted(init));
    }
    if (!problems.isEmpty()) {
      throw new CheckpointException(file, String.join("; ", problems));
    }
  }

  /** Present and neither null, false nor empty, which are the defaults of all optional fields. */
  private boolean isSet(String key) {
    JsonNode node = json.path(key);
    return !(node.isMissingNode()
        || node.isNull()
        || (node.isBoolean() && !node.asBoolean())
        || (node.isContainerNode() && node.isEmpty()));
  }

  private @Nullable JsonNode take(String key) {
    unread.remove(key);
    JsonNode node = json.get(key);
    return node == null || node.isNull() ? null : node;
  }

  private int integer(String key, int otherwise) {
    JsonNode node = take(key);
    return node == null ? otherwise : asInteger(key, node);
  }

  private double real(String key, double otherwise) {
    JsonNode node = take(key);
    return node == null ? otherwise : asReal(key, node);
  }

  private boolean flag(String key) {
    JsonNode node = take(key);
    if (node != null && !node.isBoolean()) {
      throw wrong(key, "true or false", node);
    }
    return node != null && node.asBoolean();
  }

  private @Nullable String text(String key, @Nullable String otherwise) {
    JsonNode node = take(key);
    return node == null ? otherwise : asText(key, node);
  }

  private @Nullable ModuleNames names(String key) {
    JsonNode node = take(key);
    if (node == null) {
      return null;
    }
    return node.isTextual()
        ? ModuleNames.pattern(node.asText())
        : new ModuleNames(false, list(key, this::asText));
  }

  private interface Reader<T> {
    T read(String key, JsonNode node);
  }

  /** A list, or one element that stands for a list of one. */
  private <T> List<T> list(String key, Reader<T> reader) {
    JsonNode node = take(key);
    List<T> values = new ArrayList<>();
    if (node instanceof ArrayNode array) {
      array.forEach(e -> values.add(reader.read(key, e)));
    } else if (node != null) {
      values.add(reader.read(key, node));
    }
    return values;
  }

  private <T> Map<String, T> map(String key, Reader<T> reader) {
    JsonNode node = take(key);
    Map<String, T> values = new LinkedHashMap<>();
    if (node != null && !node.isObject()) {
      throw wrong(key, "an object", node);
    }
    if (node != null) {
      node.properties()
          .forEach(e -> values.put(e.getKey(), reader.read(key + "." + e.getKey(), e.getValue())));
    }
    return values;
  }

  private int asInteger(String key, JsonNode node) {
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw wrong(key, "a whole number", node);
    }
    return node.asInt();
  }

  private double asReal(String key, JsonNode node) {
    if (!node.isNumber()) {
      throw wrong(key, "a number", node);
    }
    return node.asDouble();
  }

  private String asText(String key, JsonNode node) {
    if (!node.isTextual()) {
      throw wrong(key, "a string", node);
    }
    return node.asText();
  }

  private CheckpointException wrong(String key, String expected, JsonNode actual) {
    return new CheckpointException(
        file, "%s must be %s, was %s".formatted(key, expected, StrictJson.compact(actual)));
  }

  /** The text of a file that PEFT of any version reads: keys sorted, newer ones only if set. */
  static String text(PeftConfig config) {
    Map<String, JsonNode> fields = new TreeMap<>();
    ObjectNode json = StrictJson.object();
    json.set("alpha_pattern", object(config.alphaPattern(), PeftConfigFile::number));
    json.putNull("auto_mapping");
    json.put("base_model_name_or_path", config.baseModel());
    json.put("bias", config.bias());
    json.put("fan_in_fan_out", config.fanInFanOut());
    json.put("inference_mode", true);
    json.put("init_lora_weights", true);
    json.set("layers_pattern", arrayOrNull(config.layersPattern()));
    json.set("layers_to_transform", arrayOrNull(config.layersToTransform()));
    json.set("lora_alpha", number(config.alpha()));
    json.put("lora_dropout", config.dropout());
    json.set("modules_to_save", arrayOrNull(config.modulesToSave()));
    json.put("peft_type", "LORA");
    json.put("r", config.rank());
    json.set("rank_pattern", object(config.rankPattern(), r -> json.numberNode(r)));
    json.put("revision", config.revision());
    json.set("target_modules", namesOrNull(config.targetModules()));
    json.put("task_type", config.taskType());
    json.put("use_rslora", config.rankStabilised());
    if (config.excludeModules() != null) {
      json.set("exclude_modules", namesOrNull(config.excludeModules()));
    }
    config.extraFields().forEach(json::putPOJO);
    json.properties().forEach(e -> fields.put(e.getKey(), e.getValue()));
    return StrictJson.pretty(StrictJson.object().setAll(fields));
  }

  /** Old versions of PEFT declare alpha as an integer. */
  private static JsonNode number(double value) {
    return value == Math.rint(value) && Math.abs(value) <= Integer.MAX_VALUE
        ? StrictJson.object().numberNode((int) value)
        : StrictJson.object().numberNode(value);
  }

  private static <T> JsonNode object(Map<String, T> map, Function<T, JsonNode> value) {
    Map<String, JsonNode> sorted = new TreeMap<>();
    map.forEach((k, v) -> sorted.put(k, value.apply(v)));
    return StrictJson.object().setAll(sorted);
  }

  private static JsonNode arrayOrNull(List<?> values) {
    ArrayNode array = StrictJson.object().arrayNode();
    values.forEach(array::addPOJO);
    return values.isEmpty() ? StrictJson.object().nullNode() : array;
  }

  private static JsonNode namesOrNull(@Nullable ModuleNames names) {
    if (names == null) {
      return StrictJson.object().nullNode();
    }
    return names.isPattern()
        ? StrictJson.object().textNode(names.names().get(0))
        : arrayOrNull(names.names());
  }
}
