package dev.orthant.core.config;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.plugin.NearestName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One task, in one of four ways: by the {@code type} of a source with its own configuration, by a
 * {@code source} in short, by files of rows, or by a {@code file} that has one of these.
 *
 * @param name {@code [a-z0-9][a-z0-9-]*}; it becomes part of folder names
 * @param kind what is asked of the model; a language task needs files of rows
 * @param language how a language task makes texts of columns
 * @param type the name of a source in the catalog
 * @param source such as {@code package:acceptability}, short for {@code type: package} and {@code
 *     task: acceptability}
 * @param file a YAML or JSON file that describes the task; keys here take precedence
 * @param train the file of the rows to train on
 * @param validation the file of the rows to choose by
 * @param test the file of the rows to report
 * @param textA the column of the text
 * @param textB the column of the second text of a pair
 * @param label the column of the label
 * @param labels the names of the classes, by index; empty to take them from the rows
 * @param regression whether the label is a number
 * @param metric the metric to report; the source's own if absent
 * @param trainRows how many rows to train on; all, or the source's own number, if absent
 * @param validationRows how many rows to choose by
 * @param testRows how many rows to report
 * @param relativeTo what relative paths of a source's own configuration start from; the folder of
 *     the file if absent
 * @param settings the source's own configuration
 */
public record TaskSpec(
    String name,
    @Default("classification") TaskKind kind,
    @Nullable LanguageSpec language,
    @Nullable String type,
    @Nullable String source,
    @Nullable Path file,
    @Nullable Path train,
    @Nullable Path validation,
    @Nullable Path test,
    @Nullable String textA,
    @Nullable String textB,
    @Nullable String label,
    @Default("[]") List<String> labels,
    @Default("false") boolean regression,
    @Nullable String metric,
    @Nullable Integer trainRows,
    @Nullable Integer validationRows,
    @Nullable Integer testRows,
    @Default(".") Path relativeTo,
    @Remaining ObjectNode settings) {

  private static final String TASK = "task";
  private static final String SHORT = "[a-z][a-z0-9-]*:.+";
  private static final List<String> KEYS = RecordType.of(TaskSpec.class).keys();

  /** Refuses illegal names, none or several of the four ways, and row counts below one. */
  public TaskSpec {
    SpecNames.check(name);
    labels = List.copyOf(labels);
    boolean files = train != null || validation != null || test != null;
    long ways = Stream.of(type != null, source != null, file != null, files).filter(w -> w).count();
    if (ways != 1) {
      throw new IllegalArgumentException(
          "a task needs either a type, a source, a file, or files of rows (train, validation, test),"
              + " and has "
              + (ways == 0 ? "none" : "several"));
    }
    if (source != null && !source.matches(SHORT)) {
      throw new IllegalArgumentException(
          "source must be a type, ':' and a task, such as package:acceptability, was '%s'"
              .formatted(source));
    }
    checkKeys(files, Stream.of(textA, textB, label), labels, regression);
    checkLanguage(
        kind,
        files,
        language != null,
        Stream.of(textA, textB, label).anyMatch(Objects::nonNull)
            || !labels.isEmpty()
            || regression);
    if (files) {
      checkUnknown(settings);
    }
    if (regression && !labels.isEmpty()) {
      throw new IllegalArgumentException("labels must be empty for a regression, was " + labels);
    }
    checkRows("train_rows", trainRows);
    checkRows("validation_rows", validationRows);
    checkRows("test_rows", testRows);
  }

  /** The source that {@code type} or {@code source} names; empty for files. */
  public Optional<TaskComponent> component() {
    if (type != null) {
      return Optional.of(new TaskComponent(type, settings, relativeTo));
    }
    if (source == null) {
      return Optional.empty();
    }
    int colon = source.indexOf(':');
    ObjectNode own = JsonNodeFactory.instance.objectNode().put(TASK, source.substring(colon + 1));
    own.setAll(settings);
    return Optional.of(new TaskComponent(source.substring(0, colon), own, relativeTo));
  }

  /**
   * The task that the file describes, with the keys given here; this task if it has no file.
   *
   * @throws ConfigurationException with all problems of the file
   */
  TaskSpec resolved(ConfigDecoder decoder) {
    if (file == null) {
      return this;
    }
    ObjectNode tree = JsonNodeFactory.instance.objectNode();
    if (decoder.parse(file) instanceof ObjectNode described) {
      tree.setAll(described);
    }
    tree.put("name", name);
    tree.setAll(settings);
    if (metric != null) {
      tree.put("metric", metric);
    }
    putIfThere(tree, "train_rows", trainRows);
    putIfThere(tree, "validation_rows", validationRows);
    putIfThere(tree, "test_rows", testRows);
    if (tree.has("file")) {
      throw new ConfigurationException(
          file.toString(), List.of(new Problem("file", "must not be in the file of a task")));
    }
    return decoder.decode(tree, file, TaskSpec.class, null);
  }

  private static void putIfThere(ObjectNode tree, String key, @Nullable Integer rows) {
    if (rows != null) {
      tree.put(key, rows.intValue());
    }
  }

  private static void checkKeys(
      boolean files, Stream<@Nullable String> columns, List<String> labels, boolean regression) {
    if (!files && (columns.anyMatch(Objects::nonNull) || !labels.isEmpty() || regression)) {
      throw new IllegalArgumentException(
          "a task needs text_a, text_b, label, labels and regression only with files of rows (train,"
              + " validation, test)");
    }
  }

  private static void checkLanguage(
      TaskKind kind, boolean files, boolean described, boolean labelled) {
    if (kind.isLanguage() && !files) {
      throw new IllegalArgumentException(
          "a language task needs files of rows (train, validation, test)");
    }
    if (kind.isLanguage() && labelled) {
      throw new IllegalArgumentException(
          "a language task has columns in its template, not text_a, text_b, label, labels and regression");
    }
    if (!kind.isLanguage() && described) {
      throw new IllegalArgumentException("language needs kind causal-lm or seq2seq");
    }
  }

  /** How a language task makes texts, its defaults if it does not say. */
  public LanguageSpec languageOrDefaults() {
    return language == null ? LanguageSpec.defaults() : language;
  }

  private static void checkUnknown(ObjectNode settings) {
    List<String> unknown = new ArrayList<>();
    settings
        .fieldNames()
        .forEachRemaining(key -> unknown.add("'" + key + "'" + NearestName.hint(key, KEYS)));
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("a task has no key " + String.join("; no key ", unknown));
    }
  }

  private static void checkRows(String key, @Nullable Integer rows) {
    if (rows != null && rows < 1) {
      throw new IllegalArgumentException(key + " must be at least 1, was " + rows);
    }
  }
}
