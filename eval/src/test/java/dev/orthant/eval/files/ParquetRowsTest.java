package dev.orthant.eval.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files are DuckDB's, see make.sql beside them. */
final class ParquetRowsTest {

  private static final Path FILES = Path.of("src/test/resources/glue");

  @TempDir private Path folder;

  @Test
  void readsTextNumbersTruthAndMissingValues() throws IOException {
    List<List<String>> rows = read(FILES.resolve("kinds.parquet"), "truth", "text", "small");

    assertThat(rows)
        .containsExactly(
            List.of("row 1", "true", "one", "1"),
            List.of("row 2", "", "", ""),
            List.of("row 3", "false", "\u00e9 \"", "-7"));
    assertThat(read(FILES.resolve("kinds.parquet"), "number"))
        .containsExactly(List.of("row 1", "1.5"), List.of("row 2", ""), List.of("row 3", "0.001"));
  }

  @Test
  void readsSeveralRowGroupsAndDictionaries() throws IOException {
    List<List<String>> rows = read(FILES.resolve("many.parquet"), "text", "number");

    assertThat(rows).hasSize(5000);
    for (int i = 0; i < rows.size(); i++) {
      assertThat(rows.get(i)).containsExactly("row " + (i + 1), "text " + i % 7, "" + i);
    }
  }

  @Test
  void refusesColumnsThatAreNotThereOrNotFlat() throws IOException {
    assertThatThrownBy(() -> TextFileReader.read(FILES.resolve("kinds.parquet"), "txt", null))
        .hasMessageEndingWith(
            "kinds.parquet: columns: no column 'txt' among [text, small, number, truth, day], did"
                + " you mean 'text'?");
    assertThatThrownBy(() -> TextFileReader.read(FILES.resolve("nested.parquet"), "choices", null))
        .hasMessageContaining("nested.parquet: columns: 'choices' must be text or a number, was");
    assertThatThrownBy(() -> TextFileReader.read(FILES.resolve("kinds.parquet"), "day", null))
        .hasMessageContaining("'day' must be text or a number, was 'optional int32 day (DATE)'");
    assertThatThrownBy(() -> TextFileReader.read(FILES.resolve("kinds.parquet"), "text", null))
        .hasMessageEndingWith("kinds.parquet: row 2: no value in column 'text'");
  }

  @Test
  void refusesWhatIsNoParquet() throws IOException {
    Path file = Files.writeString(folder.resolve("a.parquet"), "PAR1 and not much more");
    Path cut = folder.resolve("cut.parquet");
    byte[] whole = Files.readAllBytes(FILES.resolve("kinds.parquet"));
    Files.write(cut, Arrays.copyOf(whole, whole.length / 2));

    for (Path bad : List.of(file, cut)) {
      assertThatThrownBy(() -> TextFileReader.read(bad, "text", null))
          .hasMessageStartingWith(bad + ": cannot be read: is not a Parquet file, or damaged: ");
    }
  }

  @Test
  void saysWhichLibraryIsMissing() throws Exception {
    try (URLClassLoader without = new URLClassLoader(urlsWithout("parquet"), null)) {
      var read =
          without
              .loadClass(TextFileReader.class.getName())
              .getMethod("read", Path.class, String.class, String.class);

      assertThatThrownBy(() -> read.invoke(null, FILES.resolve("kinds.parquet"), "text", null))
          .isInstanceOf(InvocationTargetException.class)
          .cause()
          .hasMessageEndingWith(
              "kinds.parquet: Parquet is read by an optional library; add the Maven artifact"
                  + " blue.strategic.parquet:parquet-floor:2.3 to the class path");
    }
  }

  private static List<List<String>> read(Path file, String... columns) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    new ParquetRows()
        .read(
            file,
            List.of(columns),
            (place, values) -> {
              List<String> row = new ArrayList<>(List.of(place));
              row.addAll(values);
              rows.add(row);
            });
    return rows;
  }

  private static URL[] urlsWithout(String part) throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    for (String entry :
        System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator))) {
      if (!Path.of(entry).getFileName().toString().contains(part)) {
        urls.add(Path.of(entry).toUri().toURL());
      }
    }
    return urls.toArray(URL[]::new);
  }
}
