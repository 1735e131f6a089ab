package dev.orthant.eval.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.eval.interference.Interference;
import dev.orthant.eval.metrics.Difference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ResultFilesTest {

  private static final double ROUNDING = 1e-12;

  @TempDir private Path folder;

  @Test
  void readsBackWhatItWrote() {
    Path file = folder.resolve("results.json");
    StudyResults results = results();

    ResultFiles.write(file, results);

    assertThat(ResultFiles.read(file)).isEqualTo(results);
  }

  @Test
  void theSameResultsAreTheSameBytes() throws IOException {
    Path first = folder.resolve("first.json");
    Path second = folder.resolve("second.json");

    ResultFiles.write(first, results());
    ResultFiles.write(second, ResultFiles.read(first));

    assertThat(second).hasSameBinaryContentAs(first);
    assertThat(Files.readString(first))
        .startsWith(
            """
            {
              "format" : "orthant-results-1",
              "base" : "sha256:12",
              "seed" : 42,
              "singles" : [
                {
                  "adapter" : "lora",
                  "task" : "acceptability",
                  "metric" : "accuracy",
                  "rows" : 400,
                  "score" : 0.8125,
            """)
        .contains("\"standard_error\" : null")
        .doesNotContain("NaN");
    assertThat(Files.list(folder)).hasSize(2);
  }

  @Test
  void theCsvHasOneValueARow() throws IOException {
    Path file = folder.resolve("results.csv");

    ResultFiles.writeCsv(file, results());

    assertThat(Files.readAllLines(file))
        .startsWith(
            "adapter,merger,settings,task_id,task,features,metric,quantity,value,standard_error",
            "lora,,,,acceptability,,accuracy,score,0.8125,0.02",
            "lora,,,,acceptability,,accuracy,majority,0.55,")
        .contains(
            "lora,,,,acceptability,,accuracy,over_probe,0.0625,0.021",
            "lora,ties,density=0.2 lambda=1,not needed,sts,,pearson,over_single,-0.2,",
            "lora,ties,density=0.2 lambda=1,not needed,,,,mean_retention,0.825,",
            "lora,,,,acceptability,sts,,relative_effect,0.25,");
  }

  @Test
  void theTablesAreAligned() {
    String text = ResultTables.text(results());

    assertThat(text)
        .isEqualTo(
            """
            Single-task adapters

            adapter  task           metric    rows  score  majority  probe  over majority   over probe
            -------  -------------  --------  ----  -----  --------  -----  -------------  -----------
            lora     acceptability  accuracy   400   81.3      55.0   75.0   +26.3 +- 2.5  +6.3 +- 2.1
            lora     sts            pearson    300   80.0       n/a   70.0            n/a        +10.0

            Merged adapters: score per task, in percent

            adapter  merger  settings              task id     acceptability   sts  mean  retention     worst
            -------  ------  --------------------  ----------  -------------  ----  ----  ---------  --------
            lora     ties    density=0.2 lambda=1  not needed           73.1  60.0  66.6       82.5  75.0 sts

            Interference of lora: effect of a row's adapter on a column's features, relative to its own

            adapter        acceptability    sts
            -------------  -------------  -----
            acceptability          1.000  0.250
            sts                    2.000  1.000
            """);
  }

  @Test
  void retentionMeanAndWorstByHand() {
    MergeResult merge = results().merges().get(0);

    assertThat(merge.mean()).isCloseTo((0.73125 + 0.6) / 2, within(ROUNDING));
    assertThat(merge.meanRetention()).isCloseTo((0.9 + 0.75) / 2, within(ROUNDING));
    assertThat(merge.worst().task()).isEqualTo("sts");
    assertThat(new MergedTask("t", "matthews", 0.1, 0.01, 0, none()).retention()).isNaN();
  }

  @Test
  void timesGoIntoAFileOfTheirOwn() throws IOException {
    Path file = folder.resolve("timings.json");

    ResultFiles.write(file, new Timings(List.of(new Timings.Step("train", 1.5, 1 << 20))));

    assertThat(Files.readString(file))
        .isEqualTo(
            """
            {
              "steps" : [
                {
                  "name" : "train",
                  "seconds" : 1.5,
                  "peak_bytes" : 1048576
                }
              ]
            }
            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{; is not JSON: ",
        "{}; format is missing",
        "{\"format\":\"x\"}; format is 'x', this version reads 'orthant-results-1'",
        "{\"format\":\"orthant-results-1\",\"base\":1}; base must be text, was 1",
        "{\"format\":\"orthant-results-1\",\"base\":\"b\",\"seed\":1.5}; seed must be a whole number,"
            + " was 1.5",
        "{\"format\":\"orthant-results-1\",\"base\":\"b\",\"seed\":1,\"singles\":[{}]};"
            + " singles[0].adapter is missing"
      })
  void saysWhatIsWrongInAFile(String text, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("bad.json"), text);

    assertThatThrownBy(() -> ResultFiles.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(file + ": " + message);
  }

  @ParameterizedTest
  @CsvSource({
    "0.1, 0.1",
    "-0.0, 0",
    "100, 100",
    "0.333333333333333, 0.333333333",
    "123456789.51, 123456790",
    "0.00000123, 0.00000123",
    "1e-30, 1E-30",
    "1e300, 1E+300"
  })
  void numbersHaveNineDigits(double value, String text) {
    assertThat(ResultNumbers.text(value)).isEqualTo(text);
  }

  private static StudyResults results() {
    SingleResult first =
        new SingleResult(
            "lora",
            "acceptability",
            "accuracy",
            400,
            0.8125,
            0.02,
            0.55,
            0.75,
            new Difference(0.2625, 0.025),
            new Difference(0.0625, 0.021));
    SingleResult second =
        new SingleResult(
            "lora",
            "sts",
            "pearson",
            300,
            0.8,
            Double.NaN,
            Double.NaN,
            0.7,
            none(),
            new Difference(0.1, Double.NaN));
    MergeResult merge =
        MergeResult.of(
            "lora",
            "ties",
            Map.of("lambda", "1", "density", "0.2"),
            List.of(
                new MergedTask(
                    "acceptability",
                    "accuracy",
                    0.73125,
                    0.021,
                    0.8125,
                    new Difference(-0.08125, 0.02)),
                new MergedTask(
                    "sts", "pearson", 0.6, Double.NaN, 0.8, new Difference(-0.2, Double.NaN))));
    Interference interference =
        new Interference(
            List.of("acceptability", "sts"), List.of(List.of(2.0, 0.5), List.of(1.0, 0.5)));
    return new StudyResults(
        "sha256:12",
        42,
        List.of(first, second),
        List.of(merge),
        List.of(new InterferenceResult("lora", interference)));
  }

  private static Difference none() {
    return new Difference(Double.NaN, Double.NaN);
  }
}
