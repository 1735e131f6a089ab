package dev.orthant.eval.study;

import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.TaskComponent;
import dev.orthant.core.config.TaskSpec;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.text.Example;
import dev.orthant.core.text.LabelledRows;
import dev.orthant.core.text.TaskData;
import dev.orthant.core.text.TaskFactory;
import dev.orthant.core.text.TaskRequest;
import dev.orthant.core.text.Tokenizer;
import dev.orthant.core.text.TrainingRows;
import dev.orthant.eval.files.TaskFileReader;
import dev.orthant.eval.files.TaskFiles;
import dev.orthant.eval.metrics.Metric;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
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
    TrainingRows train,
    TrainingRows validation,
    TrainingRows test) {

  /** Rows, and the metric that they are published with. */
  private record Read(TaskData data, Optional<String> metric) {}

  /** Whether the model is to write. */
  boolean isLanguage() {
    return spec.kind().isLanguage();
  }

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

  static List<StudyTask> readAll(
      List<TaskSpec> specs,
      Tokenizer tokenizer,
      long seed,
      Catalog catalog,
      ConfigDecoder decoder,
      @Nullable LanguageTasks language) {
    List<StudyTask> tasks = new ArrayList<>();
    for (TaskSpec spec : specs) {
      if (language != null && spec.kind().isLanguage()) {
        tasks.add(language.read(spec));
        continue;
      }
      Read read = read(spec, seed, catalog, decoder);
      TaskData data = read.data();
      requireRows(data, "train", data.train());
      requireRows(data, "validation", data.validation());
      requireRows(data, "test", data.test());
      Metric metric = metric(spec, data, read.metric());
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

  private static Metric metric(TaskSpec spec, TaskData data, Optional<String> published) {
    Optional<String> name = Optional.ofNullable(spec.metric()).or(() -> published);
    try {
      Metric metric = name.isEmpty() ? Metric.defaultFor(data) : Metric.named(name.get());
      metric.requireFor(data);
      if (metric.isForLanguage()) {
        throw new IllegalArgumentException(
            "metric '%s' is for tasks of kind causal-lm and seq2seq".formatted(metric.id()));
      }
      return metric;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("task '%s': %s".formatted(spec.name(), e.getMessage()), e);
    }
  }

  private static Read read(TaskSpec spec, long seed, Catalog catalog, ConfigDecoder decoder) {
    Optional<TaskComponent> source = spec.component();
    if (source.isPresent()) {
      return read(spec, source.get(), catalog.task(source.get().type()), decoder, seed);
    }
    TaskData data = readFiles(spec);
    return new Read(
        new TaskData(
            spec.name(),
            data.labels(),
            first(data.train(), spec.trainRows()),
            first(data.validation(), spec.validationRows()),
            first(data.test(), spec.testRows())),
        Optional.empty());
  }

  private static <C extends Record> Read read(
      TaskSpec spec,
      TaskComponent source,
      TaskFactory<C> factory,
      ConfigDecoder decoder,
      long seed) {
    C config = source.config(factory, decoder);
    TaskRequest request =
        new TaskRequest(
            spec.name(), seed, spec.trainRows(), spec.validationRows(), spec.testRows());
    try {
      return new Read(factory.read(config, request), factory.metric(config));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("task '%s': %s".formatted(spec.name(), e.getMessage()), e);
    }
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
}
