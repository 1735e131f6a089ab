package dev.orthant.eval.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Rows of a Parquet file, if the optional library for it is there. */
final class ParquetRows implements RowReader {

  /** What has to be on the class path. */
  private static final String ARTIFACT = "blue.strategic.parquet:parquet-floor:2.3";

  @Override
  public void read(Path file, List<String> columns, Sink sink) throws IOException {
    try {
      ParquetFile.read(file, columns, sink);
    } catch (NoClassDefFoundError e) {
      throw new IllegalArgumentException(
          "%s: Parquet is read by an optional library; add the Maven artifact %s to the class path"
              .formatted(file, ARTIFACT),
          e);
    }
  }
}
