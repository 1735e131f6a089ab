package dev.orthant.eval.study;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.config.AdapterSpec;
import dev.orthant.core.config.ConfigEncoder;
import dev.orthant.core.config.ConstraintSpec;
import java.util.List;

/** What a trained adapter depends on, so that a folder of another configuration is recognised. */
final class Provenance {

  private Provenance() {}

  static ObjectNode of(Study study, AdapterSpec spec, StudyTask task) {
    ConfigEncoder encoder = new ConfigEncoder();
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.set("adapter", adapter(study, spec, encoder));
    ConstraintSpec constraint = study.run().constraint();
    if (spec.constrained() && constraint != null) {
      ObjectNode by = JsonNodeFactory.instance.objectNode();
      by.put("type", constraint.type());
      by.set("settings", constraint.settings());
      node.set("constraint", by);
      node.putArray("tasks").addAll(others(study));
      node.put("statistics_rows", study.run().evaluation().statisticsRows());
    }
    node.set("task", encoder.toNode(task.spec()));
    node.set("training", encoder.toNode(study.training()));
    node.put("max_length", study.run().base().maxLength());
    node.put("seed", study.run().seed());
    return node;
  }

  private static ObjectNode adapter(Study study, AdapterSpec spec, ConfigEncoder encoder) {
    ObjectNode adapter = JsonNodeFactory.instance.objectNode();
    adapter.put("type", spec.type());
    adapter.put("constrained", spec.constrained());
    adapter.set("settings", encoder.toNode(config(study, spec)));
    return adapter;
  }

  private static Record config(Study study, AdapterSpec spec) {
    return spec.config(study.catalog().adapter(spec.type()), study.decoder());
  }

  private static List<JsonNode> others(Study study) {
    ConfigEncoder encoder = new ConfigEncoder();
    return study.tasks().stream().<JsonNode>map(t -> encoder.toNode(t.spec())).toList();
  }
}
