package dev.orthant.eval.files;

import dev.orthant.eval.files.TextRows.Columns;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The nine tasks of GLUE; MNLI is there twice, once for each of its two sets of rows to report.
 *
 * <p>The indices of the classes are those of Hugging Face's data set. Metrics are GLUE's; where it
 * has two for a task, their mean.
 */
public enum GlueTask {
  /** Is the sentence acceptable English? */
  COLA("CoLA", "cola", "sentence", null, "label", "matthews", "unacceptable", "acceptable"),

  /** Is what the phrase says of a film good? */
  SST2("SST-2", "sst2", "sentence", null, "label", "accuracy", "negative", "positive"),

  /** Do the two sentences mean the same? */
  MRPC(
      "MRPC",
      "mrpc",
      "#1 String",
      "#2 String",
      "Quality",
      "accuracy-f1",
      "not_equivalent",
      "equivalent"),

  /** How similar are the two sentences, from 0 to 5? A regression. */
  STSB("STS-B", "stsb", "sentence1", "sentence2", "score", "pearson-spearman"),

  /** Do the two questions ask the same? */
  QQP(
      "QQP",
      "qqp",
      "question1",
      "question2",
      "is_duplicate",
      "accuracy-f1",
      "not_duplicate",
      "duplicate"),

  /** Does the second sentence follow? Reported on the kinds of text that training has. */
  MNLI_MATCHED(
      "MNLI",
      "mnli",
      "sentence1",
      "sentence2",
      "gold_label",
      "accuracy",
      "entailment",
      "neutral",
      "contradiction"),

  /** The same, reported on kinds of text that training does not have. */
  MNLI_MISMATCHED(
      "MNLI",
      "mnli",
      "sentence1",
      "sentence2",
      "gold_label",
      "accuracy",
      "entailment",
      "neutral",
      "contradiction"),

  /** Does the sentence answer the question? */
  QNLI("QNLI", "qnli", "question", "sentence", "label", "accuracy", "entailment", "not_entailment"),

  /** Does the second sentence follow from the first? */
  RTE("RTE", "rte", "sentence1", "sentence2", "label", "accuracy", "entailment", "not_entailment"),

  /** Does the second sentence follow, in which a pronoun of the first is replaced? */
  WNLI(
      "WNLI",
      "wnli",
      "sentence1",
      "sentence2",
      "label",
      "accuracy",
      "not_entailment",
      "entailment");

  private final String zipFolder;
  private final String hubFolder;
  private final String textA;
  private final @Nullable String textB;
  private final String label;
  private final String metric;
  private final List<String> labels;

  GlueTask(
      String zipFolder,
      String hubFolder,
      String textA,
      @Nullable String textB,
      String label,
      String metric,
      String... labels) {
    this.zipFolder = zipFolder;
    this.hubFolder = hubFolder;
    this.textA = textA;
    this.textB = textB;
    this.label = label;
    this.metric = metric;
    this.labels = List.of(labels);
  }

  /** The name in configurations, such as {@code mnli-matched}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The names of the classes, by index; empty for STS-B, which is a regression. */
  public List<String> labels() {
    return labels;
  }

  /** The name of the metric. */
  public String metric() {
    return metric;
  }

  /** The folder in GLUE's own archives. */
  String zipFolder() {
    return zipFolder;
  }

  /** The folder in Hugging Face's data set. */
  String hubFolder() {
    return hubFolder;
  }

  /** What the set of rows to report has after its name. */
  String suffix() {
    return switch (this) {
      case MNLI_MATCHED -> "_matched";
      case MNLI_MISMATCHED -> "_mismatched";
      default -> "";
    };
  }

  /** The columns of GLUE's own files. */
  Columns zipColumns() {
    return new Columns(textA, textB, label);
  }

  /** The columns of Hugging Face's data set. */
  Columns hubColumns() {
    return switch (this) {
      case MRPC -> new Columns("sentence1", "sentence2", "label");
      case MNLI_MATCHED, MNLI_MISMATCHED -> new Columns("premise", "hypothesis", "label");
      default -> new Columns(textA, textB, "label");
    };
  }
}
