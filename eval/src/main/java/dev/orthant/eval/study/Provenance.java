package dev.orthant.eval.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.config.AdapterSpec;
import dev.orthant.core.config.ConfigEncoder;
import dev.orthant.core.config.ConstraintSpec;
import dev.orthant.core.features.StatisticsSource.Unit;
import dev.orthant.core.kernel.Precision;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a trained adapter depends on, so that a folder of another configuration is recognised. Where
 * the rows of a task come from does not matter, what they are does.
 */
final class Provenance {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> TASK_KEYS =
      List.of(
          "name",
          "source",
          "text_a",
          "text_b",
          "label",
          "labels",
          "regression",
          "metric",
          "train_rows",
          "validation_rows",
          "test_rows");

  /** Settings of the training that change no bit of what is trained. */
  private static final List<String> WITHOUT_EFFECT = List.of("gradient_checkpointing");

  private static final int MOST_DIFFERENCES = 3;
  private static final int ADDRESS_BYTES = 8;

  private Provenance() {}

  static ObjectNode of(Study study, AdapterSpec spec, StudyTask task) {
    ConfigEncoder encoder = new ConfigEncoder();
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.set("adapter", adapter(study, spec, encoder));
    spec.startFor(task.name())
        .ifPresent(folder -> node.put("start", study.starts().digest(folder)));
    Optional<ConstraintSpec> constraint = study.run().constraintOf(spec);
    if (constraint.isPresent()) {
      ObjectNode by = JsonNodeFactory.instance.objectNode();
      by.put("type", constraint.get().type());
      by.set("settings", constraint.get().settings());
      node.set("constraint", by);
      ObjectNode others = node.putObject("other_tasks");
      study.tasks().stream()
          .filter(t -> !t.name().equals(task.name()))
          .forEach(t -> others.put(t.name(), t.digest()));
      node.put("statistics_rows", study.run().evaluation().statisticsRows());
      if (study.run().evaluation().statisticsOf() != Unit.TOKENS) {
        node.put("statistics_of", study.run().evaluation().statisticsOf().name());
      }
      if (!study.run().evaluation().otherStatistics().isEmpty()) {
        study.otherStatistics().digests().forEach(node.putObject("other_statistics")::put);
      }
    }
    node.set("task", task(task, encoder));
    node.set("training", given(encoder.toNode(study.training(spec))).remove(WITHOUT_EFFECT));
    node.put("max_length", study.run().base().maxLength());
    if (study.run().base().weights() != Precision.FP32) {
      node.put("weights", study.run().base().weights().name());
    }
    node.put("seed", study.run().seed());
    return canonical(node);
  }

  /** The tree as a file gives it back: the seven of a long is that of an int. */
  static ObjectNode canonical(ObjectNode node) {
    try {
      return (ObjectNode) JSON.readTree(JSON.writeValueAsString(node));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A file name that differs where the trees do: the name and a part of the tree's SHA-256. */
  static String address(String name, ObjectNode tree) {
    try {
      byte[] text = JSON.writeValueAsString(tree).getBytes(StandardCharsets.UTF_8);
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text);
      return name + "-" + HexFormat.of().formatHex(digest, 0, ADDRESS_BYTES);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Where two trees differ, in words; empty if they do not. */
  static String difference(JsonNode there, JsonNode here) {
    Set<String> found = new LinkedHashSet<>();
    collect("", there, here, found);
    List<String> shown = found.stream().limit(MOST_DIFFERENCES).toList();
    int more = found.size() - shown.size();
    return String.join("; ", shown) + (more > 0 ? "; and " + more + " more" : "");
  }

  private static void collect(String path, JsonNode there, JsonNode here, Set<String> found) {
    if (there.equals(here)) {
      return;
    }
    if (!there.isObject() || !here.isObject()) {
      found.add("%s was %s, is %s".formatted(path, words(there), words(here)));
      return;
    }
    Set<String> keys = new LinkedHashSet<>();
    there.fieldNames().forEachRemaining(keys::add);
    here.fieldNames().forEachRemaining(keys::add);
    for (String key : keys) {
      String child = path.isEmpty() ? key : path + "." + key;
      collect(child, there.path(key), here.path(key), found);
    }
  }

  private static String words(JsonNode value) {
    return value.isMissingNode() ? "absent" : value.toString();
  }

  private static ObjectNode task(StudyTask task, ConfigEncoder encoder) {
    ObjectNode node = encoder.toNode(task.spec());
    node.retain(TASK_KEYS);
    if (task.spec().metric() == null && task.spec().type() != null) {
      node.put("metric", task.metric().id()); // the source's own
    }
    if (task.isLanguage()) {
      node.put("kind", task.spec().kind().name());
      node.set("language", encoder.toNode(task.spec().languageOrDefaults()));
    }
    node.put("rows", task.digest());
    return node;
  }

  private static ObjectNode adapter(Study study, AdapterSpec spec, ConfigEncoder encoder) {
    ObjectNode adapter = JsonNodeFactory.instance.objectNode();
    adapter.put("type", spec.type());
    adapter.put("constrained", study.run().constraintOf(spec).isPresent());
    adapter.set("settings", given(encoder.toNode(config(study, spec))));
    return adapter;
  }

  /** Without settings that are absent: so one that is new does not change what is old. */
  private static ObjectNode given(ObjectNode settings) {
    List<String> absent = new ArrayList<>();
    settings.fieldNames().forEachRemaining(absent::add);
    absent.removeIf(key -> !settings.path(key).isNull());
    return settings.remove(absent);
  }

  private static Record config(Study study, AdapterSpec spec) {
    return spec.config(study.catalog().adapter(spec.type()), study.decoder());
  }
}
