package dev.orthant.eval.files;

import dev.orthant.core.text.Example;
import dev.orthant.eval.files.TextRows.Columns;
import dev.orthant.eval.files.TextRows.Row;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/*
 * GLUE's own archives have tab-separated files whose quotes mean nothing. CoLA has no line with
 * names; QQP has rows that lack columns, which Hugging Face's reader leaves out as well; MNLI has
 * up to five annotators' labels before the one that counts, "-" where they did not agree; MRPC came
 * as one file with a byte-order mark and a list of the identifiers that are for validation, and
 * only GLUE's download script made the usual files of them. The published test files have no
 * labels, so none is read.
 *
 * Hugging Face's data set has Parquet files in one or more parts, train-00000-of-00002.parquet, or
 * train/0000.parquet in conversions; people keep JSON lines with the same columns.
 */
/** Finds the files of a GLUE task in a folder and reads what is for training and for reporting. */
final class GlueFiles {

  private static final String ARCHIVED_MRPC = "msr_paraphrase_train.txt";
  private static final List<String> MRPC_IDS = List.of("dev_ids.tsv", "mrpc_dev_ids.tsv");
  private static final List<String> COLA = List.of("source", "label", "judgement", "sentence");
  private static final String NO_AGREEMENT = "-";

  private final GlueTask task;
  private final Path folder;

  private GlueFiles(GlueTask task, Path folder) {
    this.task = task;
    this.folder = folder;
  }

  /**
   * The task in a folder that has GLUE's folders, or Hugging Face's, or the task's own files.
   *
   * @throws IllegalArgumentException if it is in none
   */
  static GlueFiles find(GlueTask task, Path folder) {
    for (String name : List.of(task.zipFolder(), task.hubFolder(), "")) {
      GlueFiles files = new GlueFiles(task, folder.resolve(name));
      if (Files.isDirectory(files.folder) && files.isThere()) {
        return files;
      }
    }
    throw new IllegalArgumentException(
        ("%s: has no training rows of %s: neither %s/train.tsv, as in GLUE's archives, nor"
                + " %s/train-*.parquet or %s/train.jsonl, as in Hugging Face's data set")
            .formatted(folder, task.id(), task.zipFolder(), task.hubFolder(), task.hubFolder()));
  }

  /** The rows to train on. */
  List<Example> train() {
    return isArchivedMrpc() ? archivedMrpc(false) : read("train", "train");
  }

  /** The labelled rows to report, which GLUE calls the development or validation set. */
  List<Example> validation() {
    return isArchivedMrpc()
        ? archivedMrpc(true)
        : read("dev" + task.suffix(), "validation" + task.suffix());
  }

  private boolean isThere() {
    return isArchivedMrpc() || Files.exists(tsv("train")) || !parts("train").isEmpty();
  }

  private boolean isArchivedMrpc() {
    return task == GlueTask.MRPC
        && Files.exists(folder.resolve(ARCHIVED_MRPC))
        && !Files.exists(tsv("train"));
  }

  private Path tsv(String split) {
    return folder.resolve(split + ".tsv");
  }

  private List<Example> read(String inArchive, String inHub) {
    if (Files.exists(tsv(inArchive))) {
      RowReader reader = new TsvRows(task == GlueTask.COLA ? COLA : List.of(), true);
      return rows(tsv(inArchive), reader, task.zipColumns(), List.of(), values -> true);
    }
    List<Path> parts = parts(inHub).isEmpty() ? parts(inArchive) : parts(inHub);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException(
          "%s: has neither %s.tsv nor %s*.parquet nor %s.jsonl"
              .formatted(folder, inArchive, inHub, inHub));
    }
    List<Example> rows = new ArrayList<>();
    for (Path part : parts) {
      RowReader reader = FileFormat.of(part).reader();
      rows.addAll(rows(part, reader, task.hubColumns(), List.of(), values -> true));
    }
    return rows;
  }

  /** The files of a split in Hugging Face's layouts, sorted. */
  private List<Path> parts(String split) {
    Pattern name =
        Pattern.compile(
            "(glue-)?" + Pattern.quote(split) + "(-\\d+-of-\\d+)?\\.(parquet|jsonl|ndjson)");
    List<Path> parts = list(folder, name);
    return parts.isEmpty() ? list(folder.resolve(split), Pattern.compile(".*\\.parquet")) : parts;
  }

  private static List<Path> list(Path folder, Pattern name) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> name.matcher(file.getFileName().toString()).matches())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Example> archivedMrpc(boolean listed) {
    Set<List<String>> ids = new HashSet<>();
    Path list =
        MRPC_IDS.stream()
            .map(folder::resolve)
            .filter(Files::exists)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "%s: has no %s, which says which rows of %s are not for training"
                            .formatted(folder, String.join(" or ", MRPC_IDS), ARCHIVED_MRPC)));
    List<String> pair = List.of("#1 ID", "#2 ID");
    TextRows.read(list, new TsvRows(pair, false), pair, (place, values) -> ids.add(values));
    return rows(
        folder.resolve(ARCHIVED_MRPC),
        new TsvRows(List.of(), true),
        task.zipColumns(),
        pair,
        values -> ids.contains(values) == listed);
  }

  /** The rows that have a label, and whose further columns are wanted. */
  private List<Example> rows(
      Path file,
      RowReader reader,
      Columns columns,
      List<String> further,
      Predicate<List<String>> wanted) {
    List<String> names = new ArrayList<>(columns.names());
    names.addAll(further);
    List<Row> rows = new ArrayList<>();
    TextRows.read(
        file,
        reader,
        names,
        (place, values) -> {
          Row row = Row.of(place, values);
          boolean labelled = !row.label().isEmpty() && !row.label().equals(NO_AGREEMENT);
          if (labelled && wanted.test(values.subList(columns.names().size(), values.size()))) {
            rows.add(row);
          }
        });
    LabelNames labels = new LabelNames(task.labels(), task.labels().isEmpty());
    return TextRows.examples(file, columns.label(), rows, labels);
  }
}
