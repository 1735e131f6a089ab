package dev.orthant.eval.files;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** Comma-separated rows as of RFC 4180. */
final class CsvRows implements RowReader {

  @Override
  public void read(Path file, List<String> columns, Sink sink) throws IOException {
    String place = "line 1";
    try (CsvReader<CsvRecord> reader =
        CsvReader.builder()
            .detectBomHeader(true)
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .ofCsvRecord(file)) {
      Header header = null;
      for (CsvRecord row : reader) {
        place = "line " + row.getStartingLineNumber();
        if (header == null) {
          header =
              Header.find(place, columns, row.getFields().stream().map(String::strip).toList());
        } else {
          sink.row(place, header.values(place, row.getFields()));
        }
      }
    } catch (CsvParseException e) {
      throw new BadRowException(place, "or after it is not CSV: " + e.getMessage());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
