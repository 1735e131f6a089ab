package dev.orthant.eval.results;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.eval.interference.Interference;
import dev.orthant.eval.metrics.Difference;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;

/** The results of a study as a tree of JSON nodes, keys in the order of the records. */
final class ResultsJson {

  private static final String FORMAT = "orthant-results-1";
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private ResultsJson() {}

  static ObjectNode encode(StudyResults results) {
    ObjectNode root = NODES.objectNode();
    root.put("format", FORMAT);
    root.put("base", results.base());
    root.put("seed", results.seed());
    ArrayNode singles = root.putArray("singles");
    results.singles().forEach(s -> singles.add(encode(s)));
    ArrayNode merges = root.putArray("merges");
    results.merges().forEach(m -> merges.add(encode(m)));
    ArrayNode interferences = root.putArray("interferences");
    results.interferences().forEach(i -> interferences.add(encode(i)));
    return root;
  }

  static StudyResults decode(JsonNode root) {
    String format = Fields.of(root, "").text("format");
    if (!format.equals(FORMAT)) {
      throw new IllegalArgumentException(
          "format is '%s', this version reads '%s'".formatted(format, FORMAT));
    }
    Fields fields = Fields.of(root, "");
    return new StudyResults(
        fields.text("base"),
        fields.whole("seed"),
        fields.list("singles", ResultsJson::single),
        fields.list("merges", ResultsJson::merge),
        fields.list("interferences", ResultsJson::interference));
  }

  static JsonNode number(double value) {
    return Double.isFinite(value)
        ? DecimalNode.valueOf(new BigDecimal(ResultNumbers.text(value)))
        : NullNode.getInstance();
  }

  private static ObjectNode encode(SingleResult single) {
    ObjectNode node = NODES.objectNode();
    node.put("adapter", single.adapter());
    node.put("task", single.task());
    node.put("metric", single.metric());
    node.put("rows", single.rows());
    node.set("score", number(single.score()));
    node.set("standard_error", number(single.standardError()));
    node.set("majority", number(single.majority()));
    node.set("probe", number(single.probe()));
    node.set("over_majority", encode(single.overMajority()));
    node.set("over_probe", encode(single.overProbe()));
    return node;
  }

  private static SingleResult single(Fields fields) {
    return new SingleResult(
        fields.text("adapter"),
        fields.text("task"),
        fields.text("metric"),
        Math.toIntExact(fields.whole("rows")),
        fields.number("score"),
        fields.number("standard_error"),
        fields.number("majority"),
        fields.number("probe"),
        difference(fields.object("over_majority")),
        difference(fields.object("over_probe")));
  }

  private static ObjectNode encode(MergeResult merge) {
    ObjectNode node = NODES.objectNode();
    node.put("adapter", merge.adapter());
    node.put("merger", merge.merger());
    ObjectNode settings = node.putObject("settings");
    merge.settings().forEach(settings::put);
    node.put("task_id", merge.taskId());
    node.set("mean", number(merge.mean()));
    node.set("mean_retention", number(merge.meanRetention()));
    node.put("worst_task", merge.worst().task());
    ArrayNode tasks = node.putArray("tasks");
    for (MergedTask task : merge.tasks()) {
      ObjectNode one = tasks.addObject();
      one.put("task", task.task());
      one.put("metric", task.metric());
      one.set("score", number(task.score()));
      one.set("standard_error", number(task.standardError()));
      one.set("single", number(task.single()));
      one.set("retention", number(task.retention()));
      one.set("over_single", encode(task.overSingle()));
    }
    return node;
  }

  private static MergeResult merge(Fields fields) {
    Fields settings = fields.object("settings");
    TreeMap<String, String> chosen = new TreeMap<>();
    settings.names().forEach(name -> chosen.put(name, settings.text(name)));
    return new MergeResult(
        fields.text("adapter"),
        fields.text("merger"),
        chosen,
        fields.names().contains("task_id") && fields.text("task_id").equals(MergeResult.KNOWN),
        fields.list(
            "tasks",
            task ->
                new MergedTask(
                    task.text("task"),
                    task.text("metric"),
                    task.number("score"),
                    task.number("standard_error"),
                    task.number("single"),
                    difference(task.object("over_single")))));
  }

  private static ObjectNode encode(InterferenceResult result) {
    Interference interference = result.interference();
    ObjectNode node = NODES.objectNode();
    node.put("adapter", result.adapter());
    node.set("mean_relative", number(interference.meanRelative()));
    ArrayNode tasks = node.putArray("tasks");
    interference.tasks().forEach(tasks::add);
    ArrayNode effects = node.putArray("effects");
    for (List<Double> row : interference.effects()) {
      ArrayNode values = effects.addArray();
      row.forEach(v -> values.add(number(v)));
    }
    return node;
  }

  private static InterferenceResult interference(Fields fields) {
    Function<Fields, Double> number = Fields::number;
    return new InterferenceResult(
        fields.text("adapter"),
        new Interference(
            fields.list("tasks", Fields::text),
            fields.list("effects", row -> new ArrayList<>(row.elements(number)))));
  }

  private static ObjectNode encode(Difference difference) {
    ObjectNode node = NODES.objectNode();
    node.set("value", number(difference.value()));
    node.set("standard_error", number(difference.standardError()));
    return node;
  }

  private static Difference difference(Fields fields) {
    return new Difference(fields.number("value"), fields.number("standard_error"));
  }
}
