package dev.orthant.eval.study;

import dev.orthant.core.config.TaskSpec;
import dev.orthant.core.text.Example;
import dev.orthant.core.text.LabelledRows;
import dev.orthant.core.text.TaskData;
import dev.orthant.core.text.Tokenizer;
import dev.orthant.eval.files.TaskFileReader;
import dev.orthant.eval.files.TaskFiles;
import dev.orthant.eval.metrics.Metric;
import dev.orthant.eval.tasks.PackagedTask;
import dev.orthant.eval.tasks.SplitSizes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One task of a study, read and tokenised.
 *
 * @param spec how the configuration describes it
 * @param data its rows as text
 * @param metric what it is measured by
 * @param train tokenised rows to train on
 * @param validation tokenised rows to choose by
 * @param test tokenised rows to report
 */
public record StudyTask(
    TaskSpec spec,
    TaskData data,
    Metric metric,
    LabelledRows train,
    LabelledRows validation,
    LabelledRows test) {

  private static final String PACKAGE = "package:";
  private static final SplitSizes PACKAGED = new SplitSizes(3000, 500, 1000);

  /** The task's name. */
  public String name() {
    return data.name();
  }

  /** A digest of all rows, texts and labels: 16 hexadecimal digits of their SHA-256. */
  String digest() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (List<Example> rows : List.of(data.train(), data.validation(), data.test())) {
        digest.update((rows.size() + "\n").getBytes(StandardCharsets.UTF_8));
        for (Example row : rows) {
          String line = row.textA() + '\0' + row.textB() + '\0' + row.label() + '\n';
          digest.update(line.getBytes(StandardCharsets.UTF_8));
        }
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static List<StudyTask> readAll(List<TaskSpec> specs, Tokenizer tokenizer, long seed) {
    List<StudyTask> tasks = new ArrayList<>();
    for (TaskSpec spec : specs) {
      TaskData data = read(spec, seed);
      requireRows(data, "train", data.train());
      requireRows(data, "validation", data.validation());
      requireRows(data, "test", data.test());
      Metric metric = metric(spec, data);
      tasks.add(
          new StudyTask(
              spec,
              data,
              metric,
              LabelledRows.of(data.train(), tokenizer),
              LabelledRows.of(data.validation(), tokenizer),
              LabelledRows.of(data.test(), tokenizer)));
    }
    return List.copyOf(tasks);
  }

  private static Metric metric(TaskSpec spec, TaskData data) {
    String name = spec.metric();
    try {
      Metric metric = name == null ? Metric.defaultFor(data) : Metric.named(name);
      metric.requireFor(data);
      return metric;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("task '%s': %s".formatted(spec.name(), e.getMessage()), e);
    }
  }

  private static TaskData read(TaskSpec spec, long seed) {
    String source = spec.source();
    TaskData data = source == null ? readFiles(spec) : readPackaged(spec, source, seed);
    return new TaskData(
        spec.name(),
        data.labels(),
        first(data.train(), source == null ? spec.trainRows() : null),
        first(data.validation(), source == null ? spec.validationRows() : null),
        first(data.test(), source == null ? spec.testRows() : null));
  }

  private static TaskData readPackaged(TaskSpec spec, String source, long seed) {
    if (!source.startsWith(PACKAGE)) {
      throw new IllegalArgumentException(
          "task '%s': source must be 'package:' and a name, was '%s'"
              .formatted(spec.name(), source));
    }
    SplitSizes sizes =
        new SplitSizes(
            orElse(spec.trainRows(), PACKAGED.train()),
            orElse(spec.validationRows(), PACKAGED.validation()),
            orElse(spec.testRows(), PACKAGED.test()));
    return PackagedTask.named(source.substring(PACKAGE.length())).read(sizes, seed);
  }

  private static TaskData readFiles(TaskSpec spec) {
    Path train = spec.train();
    String textA = spec.textA();
    String label = spec.label();
    if (train == null || textA == null || label == null) {
      throw new IllegalArgumentException(
          "task '%s' from files needs train, text_a and label".formatted(spec.name()));
    }
    return TaskFileReader.read(
        new TaskFiles(
            spec.name(),
            train,
            spec.validation(),
            spec.test(),
            textA,
            spec.textB(),
            label,
            spec.labels(),
            spec.regression()));
  }

  private static void requireRows(TaskData data, String split, List<Example> rows) {
    if (rows.isEmpty()) {
      throw new IllegalArgumentException(
          "task '%s' has no %s rows; give it a file: %s".formatted(data.name(), split, split));
    }
  }

  private static List<Example> first(List<Example> rows, @Nullable Integer count) {
    return count == null || count >= rows.size() ? rows : rows.subList(0, count);
  }

  private static int orElse(@Nullable Integer value, int otherwise) {
    return value == null ? otherwise : value;
  }
}
