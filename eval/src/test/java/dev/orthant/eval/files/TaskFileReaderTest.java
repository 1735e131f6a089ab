package dev.orthant.eval.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.text.Example;
import dev.orthant.core.text.TaskData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TaskFileReaderTest {

  @TempDir private Path folder;

  @Test
  void readsTabSeparatedFilesWithQuotesAsTheyAre() throws IOException {
    Path train =
        file("train.tsv", "\ufeffindex\tsentence\tlabel\n0\t\"He said\t1\n1\tit's \"so\"\t0\n");

    TaskData data = TaskFileReader.read(single(train, List.of("no", "yes")));

    assertThat(data.labels()).containsExactly("no", "yes");
    assertThat(data.train())
        .containsExactly(new Example("\"He said", null, 1), new Example("it's \"so\"", null, 0));
    assertThat(data.test()).isEmpty();
  }

  @Test
  void readsCsvWithQuotesAndLineBreaks() throws IOException {
    Path train = file("train.csv", "label,sentence\nno,\"a, \"\"b\"\"\nc\"\nyes,d\n");

    TaskData data = TaskFileReader.read(single(train, List.of()));

    assertThat(data.train())
        .containsExactly(new Example("a, \"b\"\nc", null, 0), new Example("d", null, 1));
  }

  @Test
  void readsPairsFromJsonLinesOfAllParts() throws IOException {
    Path train =
        file(
            "a.jsonl", "{\"p\":\"x\",\"h\":\"y\",\"l\":2}\n\n{\"p\":\"z\",\"h\":\"w\",\"l\":10}\n");
    Path test = file("b.jsonl", "{\"l\":10,\"h\":\"q\",\"p\":\"r\",\"more\":[1]}\n");

    TaskData data =
        TaskFileReader.read(
            new TaskFiles("nli", train, test, test, "p", "h", "l", List.of(), false));

    assertThat(data.labels()).containsExactly("2", "10"); // by number, not by text
    assertThat(data.train()).containsExactly(new Example("x", "y", 0), new Example("z", "w", 1));
    assertThat(data.validation()).isEqualTo(data.test());
    assertThat(data.test()).containsExactly(new Example("r", "q", 1));
  }

  @Test
  void readsNumbersForARegression() throws IOException {
    Path train = file("train.tsv", "a\tb\tscore\nx\ty\t4.25\nx\tz\t0\n");

    TaskData data =
        TaskFileReader.read(
            new TaskFiles("sts", train, null, null, "a", "b", "score", List.of(), true));

    assertThat(data.isRegression()).isTrue();
    assertThat(data.train()).extracting(Example::label).containsExactly(4.25f, 0f);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "t.tsv; sentense|label~a|0; line 1: no column 'sentence' among [sentense, label], did you"
            + " mean 'sentense'?",
        "t.tsv; sentence|label~a|maybe; line 2: 'label' is 'maybe', expected one of [no, yes]",
        "t.tsv; sentence|label~a|-1; line 2: 'label' is '-1', expected one of [no, yes]",
        "t.tsv; sentence|label~a|yess; line 2: 'label' is 'yess', expected one of [no, yes], did you"
            + " mean 'yes'?",
        "t.tsv; sentence|label~a|no~ |no; line 3: no value in column 'sentence'",
        "t.tsv; sentence|label~a; line 2: column 'label' is number 2, but the line has 1 fields",
        "t.tsv; sentence|label~; has no rows",
        "t.csv; sentence,label; has no rows",
        "t.csv; sentence,label~a,no~b; line 3: column 'label' is number 2, but the line has 1 fields",
        "t.jsonl; ~; has no rows",
        "t.jsonl; {\"sentence\":\"a\",\"label\":0}~{\"sentence\":; line 2: is not JSON: ",
        "t.jsonl; [1]; line 1: is not a JSON object, was ARRAY",
        "t.jsonl; {\"text\":\"a\",\"label\":0}; line 1: no column 'sentence' among [text, label]",
        "t.jsonl; {\"sentence\":[],\"label\":0}; line 1: 'sentence' must be text or a number, was []",
        "t.jsonl; {\"sentence\":null,\"label\":0}; line 1: no value in column 'sentence'",
        "t.txt; a; a file of labelled text ends in .tsv, .csv, .jsonl, .ndjson or" + " .parquet"
      })
  void saysWhatIsWrongAndWhere(String name, String text, String message) throws IOException {
    Path train = file(name, text.replace('|', '\t').replace('~', '\n'));

    assertThatThrownBy(() -> TaskFileReader.read(single(train, List.of("no", "yes"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(train + ": " + message);
  }

  @Test
  void saysThatAFileIsMissing() {
    Path none = folder.resolve("none.tsv");

    assertThatThrownBy(() -> TaskFileReader.read(single(none, List.of())))
        .hasMessage(none + ": there is no such file");
  }

  @Test
  void saysThatAFileIsNoText() throws IOException {
    Path file = folder.resolve("latin.tsv");
    Files.write(file, "sentence\tlabel\ncaf\u00e9\t1\n".getBytes(StandardCharsets.ISO_8859_1));

    assertThatThrownBy(() -> TaskFileReader.read(single(file, List.of())))
        .hasMessage(file + ": is not UTF-8 text");
  }

  @Test
  void refusesATestLabelThatTrainingDoesNotHave() throws IOException {
    Path train = file("train.tsv", "s\tl\na\tx\nb\ty\n");
    Path test = file("test.tsv", "s\tl\na\tz\n");

    assertThatThrownBy(
            () ->
                TaskFileReader.read(
                    new TaskFiles("t", train, null, test, "s", null, "l", List.of(), false)))
        .hasMessage(test + ": line 2: 'l' is 'z', expected one of [x, y], did you mean 'x'?");
  }

  @Test
  void refusesOneClassOnlyAndClassesOfARegression() throws IOException {
    Path train = file("train.tsv", "sentence\tlabel\na\tx\nb\tx\n");

    assertThatThrownBy(() -> TaskFileReader.read(single(train, List.of())))
        .hasMessageContaining("has one class only, [x]");
    assertThatThrownBy(
            () -> new TaskFiles("t", train, null, null, "s", null, "l", List.of("a", "b"), true))
        .hasMessage("task 't' is a regression and has no classes, was given [a, b]");
    assertThatThrownBy(
            () -> new TaskFiles("t", train, null, null, "s", null, "l", List.of("a", "a"), false))
        .hasMessage("task 't' needs two or more different class names, was given [a, a]");
  }

  @Test
  void refusesWhatIsNoNumberInARegression() throws IOException {
    Path train = file("train.tsv", "a\tscore\nx\tNaN\n");

    assertThatThrownBy(
            () ->
                TaskFileReader.read(
                    new TaskFiles("t", train, null, null, "a", null, "score", List.of(), true)))
        .hasMessage(train + ": line 2: 'score' must be a finite number, was 'NaN'");
  }

  private static TaskFiles single(Path train, List<String> labels) {
    return new TaskFiles("task", train, null, null, "sentence", null, "label", labels, false);
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }
}
