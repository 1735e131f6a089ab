package dev.orthant.eval.results;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.train.LearningCurve.Point;
import dev.orthant.eval.metrics.Calibration;
import dev.orthant.eval.metrics.Interval;
import dev.orthant.eval.metrics.Score;
import dev.orthant.eval.results.LearningFigures.Learning;
import dev.orthant.eval.results.QualityFigures.Quality;
import dev.orthant.eval.results.SuiteFigures.Compared;
import dev.orthant.eval.results.SuiteFigures.Mean;
import dev.orthant.eval.results.SuiteFigures.OfAdapter;
import dev.orthant.eval.results.SuiteFigures.OfControl;
import dev.orthant.eval.results.SuiteFigures.OfMerge;
import dev.orthant.eval.results.SuiteResults.Candidate;
import dev.orthant.eval.results.SuiteResults.ControlRun;
import dev.orthant.eval.results.SuiteResults.Course;
import dev.orthant.eval.results.SuiteResults.ExpertRun;
import dev.orthant.eval.results.SuiteResults.MergeRun;
import java.util.List;

/** A suite's figures, and the scores of every run, as a tree of JSON nodes. */
final class SuiteJson {

  private static final String FORMAT = "orthant-suite-1";
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private SuiteJson() {}

  static ObjectNode encode(SuiteFigures figures) {
    SuiteResults results = figures.results();
    ObjectNode root = NODES.objectNode();
    root.put("format", FORMAT);
    root.put("base", results.base());
    root.put("seed", results.seed());
    results.seeds().forEach(root.putArray("seeds")::add);
    results.tasks().forEach(t -> encode(t, root.withArray("tasks").addObject()));
    figures.adapters().forEach(a -> encode(a, root.withArray("adapters").addObject()));
    LearningFigures learning = new LearningFigures(results);
    results
        .adapters()
        .forEach(a -> encode(learning, a, root.withArray("learning_curves").addObject()));
    figures.merges().forEach(m -> encode(m, root.withArray("merges").addObject()));
    new QualityFigures(results)
        .all()
        .forEach(q -> encode(q, root.withArray("quality").addObject()));
    figures
        .againstReference()
        .forEach(c -> encode(c, root.withArray("against_reference").addObject()));
    figures.comparisons().forEach(c -> encode(c, root.withArray("comparisons").addObject()));
    figures.controls().forEach(c -> encode(c, root.withArray("controls").addObject()));
    results.experts().forEach(r -> encode(r, root.withArray("expert_runs").addObject()));
    results.merges().forEach(r -> encode(r, root.withArray("merge_runs").addObject()));
    results.controls().forEach(r -> encode(r, root.withArray("control_runs").addObject()));
    return root;
  }

  private static void encode(SuiteResults.Task task, ObjectNode node) {
    node.put("name", task.name());
    node.put("metric", task.probe().metric().id());
    node.put("train_rows", task.trainRows());
    node.put("validation_rows", task.validationRows());
    node.put("test_rows", task.probe().actual().length);
    node.set("majority", ResultsJson.number(task.majority().value()));
    node.set("probe", ResultsJson.number(task.probe().value()));
  }

  private static void encode(OfAdapter a, ObjectNode node) {
    node.put("name", a.name());
    node.put("parameters", a.parameters());
    node.set("single", encode(a.single()));
    node.set("heads_only", encode(a.headsOnly()));
    node.set("leakage_before", encode(a.leakageBefore()));
    node.set("leakage_after", encode(a.leakageAfter()));
    node.set("interference", encode(a.interference()));
  }

  private static void encode(LearningFigures figures, String adapter, ObjectNode node) {
    Learning learning = figures.of(adapter, LearningFigures.ALL_TASKS);
    node.put("adapter", adapter);
    for (int i = 0; i < learning.scores().size(); i++) {
      ObjectNode score = node.withArray("validation").addObject();
      score.put("epoch", figures.epochs().get(i));
      score.setAll(encode(learning.scores().get(i)));
    }
    for (int part = 0; part < learning.losses().size(); part++) {
      ObjectNode loss = node.withArray("training_loss").addObject();
      loss.put("part", figures.parts().get(part));
      loss.setAll(encode(learning.losses().get(part)));
    }
  }

  private static void encode(OfMerge m, ObjectNode node) {
    node.put("adapter", m.adapter());
    node.put("merger", m.merger());
    ObjectNode settings = node.putObject("settings");
    m.settings().forEach(settings::put);
    node.put("task_id", MergeResult.taskId(m.taskKnown()));
    node.set("mean", encode(m.mean()));
    node.set("own_retention", ResultsJson.number(m.ownRetention()));
    node.set("reference_retention", ResultsJson.number(m.referenceRetention()));
    node.put("worst_task", m.worstTask());
    node.set("worst_retention", ResultsJson.number(m.worstRetention()));
    if (!m.curve().isEmpty()) {
      ObjectNode curve = node.putObject("curve");
      m.curve().forEach((at, mean) -> curve.set(at, encode(mean)));
    }
  }

  private static void encode(Quality q, ObjectNode node) {
    node.put("adapter", q.adapter());
    node.put("measure", q.measure());
    node.set("calibration_error", ResultsJson.number(q.calibrationError()));
    if (q.calibration().rows() > 0) {
      for (Calibration.Bin bin : q.calibration().bins()) {
        ObjectNode one = node.withArray("calibration").addObject();
        one.put("rows", bin.rows());
        one.set("confidence", ResultsJson.number(bin.confidence()));
        one.set("accuracy", ResultsJson.number(bin.accuracy()));
      }
    }
    node.set("over_base", ResultsJson.number(q.overBase()));
    node.set("forgetting", ResultsJson.number(q.forgetting()));
    node.set("parameters", ResultsJson.number(q.parameters()));
  }

  private static void encode(Compared c, ObjectNode node) {
    node.put("measure", c.measure());
    node.put("adapter", c.adapter());
    node.put("against", c.against());
    node.set("difference", encode(c.overSeedsAndTasks().difference()));
    node.set("rows_half_width", ResultsJson.number(c.rows().halfWidth()));
    node.set("p", ResultsJson.number(c.overSeedsAndTasks().pValue()));
    node.set("p_holm", ResultsJson.number(c.holm()));
    node.set("p_over_tasks", ResultsJson.number(c.overTasks().pValue()));
  }

  private static void encode(ExpertRun run, ObjectNode node) {
    node.put("adapter", run.adapter());
    node.put("seed", run.seed());
    node.set("single", values(run.single()));
    node.set("heads_only", values(run.headsOnly()));
    matrix(node, "effects", run.effects());
    matrix(node, "angles", run.angles());
    for (Course course : run.courses()) {
      ObjectNode one = node.withArray("courses").addObject();
      one.put("folder", course.folder());
      one.put("steps", course.steps());
      points(course.curve().scores(), one.putArray("validation"));
      points(course.curve().losses(), one.putArray("training_loss"));
    }
  }

  private static void encode(MergeRun run, ObjectNode node) {
    node.put("adapter", run.adapter());
    node.put("merger", run.merger());
    node.put("seed", run.seed());
    node.put("chosen", run.chosen());
    for (Candidate candidate : run.candidates()) {
      ObjectNode one = node.withArray("candidates").addObject();
      one.put("settings", candidate.settings());
      one.set("validation", ResultsJson.number(candidate.validation()));
      one.set("test", values(candidate.test()));
    }
  }

  private static void encode(OfControl c, ObjectNode node) {
    node.put("control", c.control());
    node.put("adapter", c.adapter());
    node.set("mean", encode(c.mean()));
    node.set("own_retention", ResultsJson.number(c.ownRetention()));
    ArrayNode byTask = node.putArray("by_task");
    c.byTask().forEach(value -> byTask.add(ResultsJson.number(value)));
  }

  private static void encode(ControlRun run, ObjectNode node) {
    node.put("control", run.control());
    node.put("adapter", run.adapter());
    node.put("seed", run.seed());
    node.set("test", values(run.scores()));
  }

  private static void points(List<Point> points, ArrayNode to) {
    for (Point point : points) {
      to.addObject()
          .put("step", point.step())
          .<ObjectNode>set("value", ResultsJson.number(point.value()));
    }
  }

  private static void matrix(ObjectNode node, String name, List<List<Double>> values) {
    for (List<Double> row : values) {
      ArrayNode numbers = node.withArray(name).addArray();
      row.forEach(value -> numbers.add(ResultsJson.number(value)));
    }
  }

  private static ArrayNode values(List<Score> scores) {
    ArrayNode values = NODES.arrayNode();
    scores.forEach(score -> values.add(ResultsJson.number(score.value())));
    return values;
  }

  private static ObjectNode encode(Mean mean) {
    ObjectNode node = NODES.objectNode();
    node.set("mean", ResultsJson.number(mean.value()));
    node.set("seeds_half_width", ResultsJson.number(mean.seeds().halfWidth()));
    node.set("rows_half_width", ResultsJson.number(mean.rows().halfWidth()));
    return node;
  }

  private static ObjectNode encode(Interval interval) {
    ObjectNode node = NODES.objectNode();
    node.set("mean", ResultsJson.number(interval.mean()));
    node.set("half_width", ResultsJson.number(interval.halfWidth()));
    return node;
  }
}
