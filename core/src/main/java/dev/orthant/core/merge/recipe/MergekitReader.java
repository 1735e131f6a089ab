package dev.orthant.core.merge.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.Problem;
import dev.orthant.core.merge.recipe.MethodTraits.Base;
import dev.orthant.core.merge.recipe.Recipe.LayerRange;
import dev.orthant.core.merge.recipe.Recipe.Segment;
import dev.orthant.core.merge.recipe.Recipe.Source;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.plugin.Kind;
import dev.orthant.core.plugin.NearestName;
import dev.orthant.core.plugin.UnknownPluginException;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.MergerTraits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads mergekit's files; what is not supported is refused by the name of its field. */
final class MergekitReader {

  /** The key that tells a file of mergekit's. */
  static final String METHOD = "merge_method";

  private static final String BASE = "base_model";
  private static final String PARAMETERS = "parameters";
  private static final List<String> TOP =
      List.of(
          METHOD,
          BASE,
          "models",
          "slices",
          "modules",
          PARAMETERS,
          "dtype",
          "out_dtype",
          "tokenizer",
          "tokenizer_source",
          "chat_template");

  private final Catalog catalog;
  private final List<Problem> problems;
  private final Map<String, Map<String, ParameterValue>> sources = new LinkedHashMap<>();
  private final Map<String, Map<String, ParameterValue>> slices = new LinkedHashMap<>();
  private Map<String, ParameterValue> module = Map.of();
  private MethodTraits traits = MethodTraits.of("");
  private String methodName = "";

  MergekitReader(Catalog catalog, List<Problem> problems) {
    this.catalog = catalog;
    this.problems = problems;
  }

  /** The recipe; empty after adding what is wrong. */
  Optional<MergekitRecipe> read(JsonNode root, long seed, ConfigDecoder decoder) {
    known(root, "", TOP);
    MethodSettings<?> settings = method(root, decoder);
    String base = text(root, BASE, "");
    Map<String, ParameterValue> global = parameters(root, "");
    List<Segment> segments = body(root, base);
    if (settings != null) {
      checkInputs(settings.factory(), segments);
    }
    Dtype compute = dtype(root, "dtype");
    Dtype out = dtype(root, "out_dtype");
    TokenizerSpec tokenizer = new TokenizerReader(problems).read(root);
    if (root.hasNonNull("chat_template")) {
      refuse("chat_template", "is not supported; the tokenizer's files are copied as they are");
    }
    if (!problems.isEmpty() || settings == null) {
      return Optional.empty();
    }
    return Optional.of(
        new MergekitRecipe(
            traits,
            settings,
            segments,
            sources,
            slices,
            module,
            global,
            out == null ? compute : out,
            tokenizer,
            seed,
            new LinkedHashSet<>()));
  }

  private @Nullable MethodSettings<?> method(JsonNode root, ConfigDecoder decoder) {
    String written = text(root, METHOD, "");
    if (written == null) {
      refuse(METHOD, "is required");
      return null;
    }
    methodName = written;
    String name = written.replace('_', '-');
    try {
      MergerFactory<?> factory = (MergerFactory<?>) catalog.get(Kind.MERGER, name);
      traits = MethodTraits.isKnown(name) ? MethodTraits.of(name) : MethodTraits.ofMerger(factory);
      return new MethodSettings<>(factory, decoder);
    } catch (UnknownPluginException e) {
      refuse(METHOD, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private List<Segment> body(JsonNode root, @Nullable String base) {
    List<String> forms =
        List.of("models", "slices", "modules").stream().filter(root::hasNonNull).toList();
    if (forms.size() != 1) {
      refuse(
          "models",
          "exactly one of models, slices and modules is needed, were "
              + (forms.isEmpty() ? "none" : String.join(", ", forms)));
      return List.of();
    }
    return switch (forms.get(0)) {
      case "models" -> List.of(models(root.get("models"), "", base));
      case "slices" -> slices(root.get("slices"), "slices", base);
      default -> modules(root.get("modules"), base);
    };
  }

  private List<Segment> modules(JsonNode node, @Nullable String base) {
    if (!node.isObject() || node.size() != 1) {
      refuse("modules", "is supported with one module, which is the whole model");
      return List.of();
    }
    var entry = node.properties().iterator().next();
    String path = "modules." + entry.getKey();
    JsonNode body = entry.getValue();
    known(body, path, List.of("models", "slices", PARAMETERS));
    module = parameters(body, path);
    if (body.hasNonNull("models") == body.hasNonNull("slices")) {
      refuse(path, "exactly one of models and slices is needed");
      return List.of();
    }
    return body.hasNonNull("models")
        ? List.of(models(body.get("models"), path + ".", base))
        : slices(body.get("slices"), path + ".slices", base);
  }

  private Segment models(JsonNode node, String path, @Nullable String base) {
    List<Source> found = new ArrayList<>();
    for (JsonNode model : list(node, path + "models")) {
      String at = path + "models[" + found.size() + "]";
      known(model, at, List.of("model", PARAMETERS));
      found.add(new Source(at, name(model, at), model(model, at), null));
      sources.put(at, parameters(model, at));
    }
    return segment(path, found, base, null);
  }

  private List<Segment> slices(JsonNode node, String path, @Nullable String base) {
    List<Segment> segments = new ArrayList<>();
    for (JsonNode slice : list(node, path)) {
      String at = path + "[" + segments.size() + "]";
      known(slice, at, List.of("sources", BASE, "residual_weight", PARAMETERS));
      if (slice.hasNonNull("residual_weight")) {
        refuse(at + ".residual_weight", "is not supported");
      }
      List<Source> found = new ArrayList<>();
      for (JsonNode source : list(slice.path("sources"), at + ".sources")) {
        String each = at + ".sources[" + found.size() + "]";
        known(source, each, List.of("model", "layer_range", PARAMETERS));
        found.add(new Source(each, name(source, each), model(source, each), range(source, each)));
        sources.put(each, parameters(source, each));
      }
      slices.put(at + ".", parameters(slice, at));
      String own = text(slice, BASE, at + ".");
      LayerRange range = found.isEmpty() ? null : found.get(0).layers();
      segments.add(segment(at + ".", found, own == null ? base : own, range));
    }
    return segments;
  }

  /** Gives the base its part. */
  private Segment segment(
      String path, List<Source> found, @Nullable String base, @Nullable LayerRange range) {
    Set<String> seen = new HashSet<>();
    for (Source source : found) {
      if (!seen.add(source.model())) {
        refuse(source.path(), "the model " + source.model() + " is listed twice");
      }
    }
    if (base == null) {
      if (traits.base() == Base.REQUIRED || traits.base() == Base.FIRST) {
        refuse(path + BASE, "is required by '" + methodName + "'");
      }
      return new Segment(path, found, null);
    }
    List<Source> ordered = new ArrayList<>(found);
    boolean listed = seen.contains(base);
    if (traits.base() == Base.FIRST || traits.base() == Base.INPUT && !listed) {
      Source first =
          found.stream()
              .filter(source -> source.model().equals(base))
              .findFirst()
              .orElse(new Source(path + BASE, base, base, range));
      ordered.remove(first);
      ordered.add(0, first);
    }
    return new Segment(path, ordered, base);
  }

  private void checkInputs(MergerFactory<?> factory, List<Segment> segments) {
    MergerTraits own = traitsOf(factory);
    for (Segment segment : segments) {
      boolean relative = traits.base() == Base.REQUIRED || traits.base() == Base.OPTIONAL;
      long count =
          segment.sources().stream()
              .filter(source -> !(relative && source.model().equals(segment.base())))
              .count();
      if (count < own.minInputs() || count > own.maxInputs()) {
        refuse(
            segment.path() + (segment.path().startsWith("slices") ? "sources" : "models"),
            "'%s' takes %s, were %d%s"
                .formatted(
                    methodName,
                    own.maxInputs() == Integer.MAX_VALUE
                        ? "at least " + own.minInputs() + " inputs"
                        : own.minInputs() == own.maxInputs()
                            ? "exactly " + own.minInputs() + " inputs"
                            : own.minInputs() + " to " + own.maxInputs() + " inputs",
                    count,
                    relative && segment.base() != null ? " beside the base" : ""));
      }
    }
  }

  private static <C extends Record> MergerTraits traitsOf(MergerFactory<C> factory) {
    return factory.traits(factory.defaults());
  }

  private String name(JsonNode node, String path) {
    return node.path("model").isTextual() ? node.get("model").textValue() : path;
  }

  private String model(JsonNode node, String path) {
    JsonNode model = node.path("model");
    if (!model.isTextual() || model.textValue().isBlank()) {
      refuse(
          path + ".model",
          model.isMissingNode() ? "is required" : "must be a folder, written as text");
      return "";
    }
    return model.textValue();
  }

  private @Nullable LayerRange range(JsonNode node, String path) {
    JsonNode range = node.path("layer_range");
    if (range.isArray()
        && range.size() == 2
        && range.get(0).isInt()
        && range.get(1).isInt()
        && range.get(0).intValue() >= 0
        && range.get(1).intValue() > range.get(0).intValue()) {
      return new LayerRange(range.get(0).intValue(), range.get(1).intValue());
    }
    refuse(
        path + ".layer_range", "must be two numbers, the first layer and the one after the last");
    return new LayerRange(0, 1);
  }

  private Map<String, ParameterValue> parameters(JsonNode node, String path) {
    JsonNode found = node.path(PARAMETERS);
    if (found.isMissingNode() || found.isNull()) {
      return Map.of();
    }
    String at = path.isEmpty() ? PARAMETERS : path + "." + PARAMETERS;
    if (!found.isObject()) {
      refuse(at, "must be a mapping of names to values");
      return Map.of();
    }
    Map<String, ParameterValue> values = new LinkedHashMap<>();
    for (var entry : found.properties()) {
      String name = entry.getKey();
      if (!traits.parameters().contains(name) && !methodName.isEmpty()) {
        String hint = NearestName.hint(name, traits.parameters());
        refuse(
            at + "." + name,
            "is not a parameter of '%s'%s"
                .formatted(methodName, hint.isEmpty() ? knownParameters() : hint));
        continue;
      }
      ParameterValue value = new ParameterValue(entry.getValue());
      value.check(at + "." + name, problems);
      values.put(name, value);
    }
    return values;
  }

  private String knownParameters() {
    return traits.parameters().isEmpty()
        ? ", it has none"
        : ", it has " + String.join(", ", traits.parameters());
  }

  private @Nullable Dtype dtype(JsonNode root, String key) {
    String name = text(root, key, "");
    if (name == null) {
      return null;
    }
    Optional<Dtype> dtype = DtypeNames.of(name);
    if (dtype.isEmpty()) {
      refuse(key, DtypeNames.refusal(name));
    }
    return dtype.orElse(null);
  }

  private @Nullable String text(JsonNode node, String key, String path) {
    JsonNode value = node.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isTextual() || value.textValue().isBlank()) {
      refuse(path + key, "must be text");
      return null;
    }
    return value.textValue();
  }

  private Iterable<JsonNode> list(JsonNode node, String path) {
    if (!node.isArray() || node.isEmpty()) {
      refuse(path, "must be a list with at least one element");
      return List.of();
    }
    return node;
  }

  private void known(JsonNode node, String path, Collection<String> keys) {
    if (!node.isObject()) {
      refuse(path, "must be a mapping of keys to values");
      return;
    }
    for (var entry : node.properties()) {
      if (!keys.contains(entry.getKey())) {
        String hint = NearestName.hint(entry.getKey(), keys);
        refuse(
            path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(),
            "unknown key" + (hint.isEmpty() ? ", known are " + String.join(", ", keys) : hint));
      }
    }
  }

  private void refuse(String path, String message) {
    problems.add(new Problem(path, message));
  }
}
