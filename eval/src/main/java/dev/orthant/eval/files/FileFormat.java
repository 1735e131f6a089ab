package dev.orthant.eval.files;

import java.nio.file.Path;
import java.util.Locale;

/** How rows are written in a file. */
public enum FileFormat {
  /**
   * Fields separated by tabs, one row a line, the first line with the columns' names; a quote is a
   * character like any other, as in GLUE's files.
   */
  TSV,
  /** RFC 4180: fields separated by commas, quotes where needed; the first row has the names. */
  CSV,
  /** One JSON object a line. */
  JSONL,
  /**
   * Parquet with flat columns, as Hugging Face's data sets have it. Needs the optional dependency
   * {@code blue.strategic.parquet:parquet-floor}.
   */
  PARQUET;

  /**
   * The format that a file's name ends with: .tsv, .csv, .jsonl (or .ndjson), .parquet.
   *
   * @throws IllegalArgumentException for other names
   */
  public static FileFormat of(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".tsv")) {
      return TSV;
    }
    if (name.endsWith(".csv")) {
      return CSV;
    }
    if (name.endsWith(".jsonl") || name.endsWith(".ndjson")) {
      return JSONL;
    }
    if (name.endsWith(".parquet")) {
      return PARQUET;
    }
    throw new IllegalArgumentException(
        file + ": a file of labelled text ends in .tsv, .csv, .jsonl, .ndjson or .parquet");
  }

  RowReader reader() {
    return switch (this) {
      case TSV -> new TsvRows();
      case CSV -> new CsvRows();
      case JSONL -> new JsonLinesRows();
      case PARQUET -> new ParquetRows();
    };
  }
}
