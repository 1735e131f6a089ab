package dev.orthant.eval.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Reads some columns of a file, row by row. */
interface RowReader {

  /** Takes the values of one row, in the order of the columns asked for. */
  interface Sink {

    /**
     * @param place where the row is, such as {@code line 3}
     */
    void row(String place, List<String> values);
  }

  /**
   * @throws BadRowException for a row that cannot be read, with its place
   * @throws IOException if the file cannot be read
   */
  void read(Path file, List<String> columns, Sink sink) throws IOException;
}
