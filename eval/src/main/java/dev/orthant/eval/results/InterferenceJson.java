package dev.orthant.eval.results;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.eval.interference.InterferenceFigures;
import dev.orthant.eval.interference.MergeDisturbance;
import dev.orthant.eval.interference.ModuleInterference;
import dev.orthant.eval.interference.PrincipalAngles;
import java.util.List;

/** The interference figures of a study as a tree of JSON nodes. */
final class InterferenceJson {

  private static final String FORMAT = "orthant-interference-1";

  private InterferenceJson() {}

  static ObjectNode encode(List<InterferenceFigures> all) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("format", FORMAT);
    ArrayNode adapters = root.putArray("adapters");
    for (InterferenceFigures figures : all) {
      ObjectNode node = adapters.addObject();
      node.put("adapter", figures.adapter());
      figures.tasks().forEach(node.putArray("tasks")::add);
      ArrayNode modules = node.putArray("modules");
      figures.modules().forEach(module -> encode(module, modules.addObject()));
      ArrayNode merges = node.putArray("merges");
      figures.merges().forEach(merge -> encode(merge, merges.addObject()));
    }
    return root;
  }

  private static void encode(ModuleInterference module, ObjectNode node) {
    node.put("module", module.module());
    numbers(module.base(), node.putArray("base"));
    matrix(module.effects(), node.putArray("effects"));
    matrix(module.exposureBefore(), node.putArray("exposure_before"));
    matrix(module.exposure(), node.putArray("exposure"));
    ArrayNode angles = node.putArray("principal_angles");
    for (PrincipalAngles pair : module.angles()) {
      ObjectNode one = angles.addObject();
      one.put("first", pair.first());
      one.put("second", pair.second());
      numbers(pair.degrees(), one.putArray("degrees"));
    }
  }

  private static void encode(MergeDisturbance merge, ObjectNode node) {
    node.put("merger", merge.merger());
    numbers(merge.disturbance(), node.putArray("disturbance"));
    numbers(merge.overBase(), node.putArray("over_base"));
  }

  private static void matrix(List<List<Double>> rows, ArrayNode node) {
    rows.forEach(row -> numbers(row, node.addArray()));
  }

  private static void numbers(List<Double> values, ArrayNode node) {
    values.forEach(value -> node.add(ResultsJson.number(value)));
  }
}
