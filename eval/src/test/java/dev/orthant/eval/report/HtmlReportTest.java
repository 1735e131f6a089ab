package dev.orthant.eval.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HtmlReportTest {

  private static final long MOST_BYTES = 3_000_000;
  private static final Pattern DATA =
      Pattern.compile("<script type=\"application/json\" id=\"data\">(.*?)</script>");

  @TempDir private Path folder;

  @Test
  void aStudyHasASectionForEverythingThatItMeasured() throws IOException {
    JsonNode data = data(HtmlReport.write(RunFiles.study(folder)));

    assertThat(titles(data))
        .containsExactly(
            "Merged adapters",
            "Adapters on their own tasks",
            "Settings of mergers",
            "Interference",
            "Principal angles",
            "Forecast",
            "Training",
            "Time, memory and space",
            "Configuration");
    assertThat(data.at("/facts/3/value").asText())
        .isEqualTo("lora-osrm by ties: 75.2 %, keeps 94.0 %");
    // retention 0.94 of 0.7, with 1.96 standard errors of 0.02
    assertThat(data.at("/sections/0/blocks/1/rows/5/4").toString()).isEqualTo("[0.658,0.0391993]");
    assertThat(data.at("/sections/3/blocks/0/options/1/blocks/0/values/0").toString())
        .isEqualTo("[1,0.6,0.6]");
    assertThat(data.at("/sections/4/blocks/0/options/0/blocks/0/series/0/points").toString())
        .isEqualTo("[[1,21],[2,70]]");
    // truths 0.90, 0.91, 0.92, 0.92, 0.93, 0.94: ranks 2 1 3 4 5 6 against 1 2 3.5 3.5 5 6
    assertThat(data.at("/sections/5/note").asText())
        .endsWith("Spearman's rank correlation over 6 merges: 0.93.");
    assertThat(data.at("/sections/6/blocks/0/options/0/blocks/1/series/0/points").toString())
        .isEqualTo("[[50,0.75]]");
  }

  @Test
  void aSuiteHasASectionForEverythingThatItMeasured() throws IOException {
    JsonNode data = data(HtmlReport.write(RunFiles.suite(folder, 3, 2, 3, 2)));

    assertThat(titles(data))
        .containsExactly(
            "Merged adapters",
            "Adapters on their own tasks",
            "Controls",
            "Settings of mergers",
            "Comparisons",
            "Calibration and forgetting",
            "Interference",
            "Principal angles",
            "Training",
            "Time, memory and space",
            "Configuration");
    // rows right of 100 by task: 70, 69, 68 + seed + 2 for the second lambda; seeds 1, 2, 3
    assertThat(data.at("/sections/0/blocks/0/options/0/blocks/0/series/1/values/0/0").asDouble())
        .isEqualTo(0.73);
    assertThat(data.at("/sections/0/blocks/2/options/1/blocks/0/values/0").toString())
        .isEqualTo("[0.74,0.73,0.72]");
    assertThat(data.at("/sections/3/blocks/0/options/0/blocks/0/x").asText()).isEqualTo("lambda");
    // runs that differ in seed and task alone are told once
    assertThat(data.at("/sections/10/blocks/0/options/0/blocks/0/text").asText())
        .contains("\"epochs\" : 2")
        .doesNotContain("seed");
    assertThat(data.at("/sections/10/blocks/0/options/0/blocks/1/rows").size()).isEqualTo(9);
  }

  @Test
  void aLargeSuiteStaysSmall() throws IOException {
    Path page = HtmlReport.write(RunFiles.suite(folder, 5, 10, 9, 20));

    assertThat(Files.size(page)).isLessThan(MOST_BYTES);
  }

  @Test
  void theSameFilesGiveTheSameBytes() throws IOException {
    Path page = HtmlReport.write(RunFiles.study(folder));
    byte[] before = Files.readAllBytes(page);

    HtmlReport.write(folder);

    assertThat(page).hasBinaryContent(before);
  }

  @Test
  void textCannotLeaveTheData() throws IOException {
    Path page = HtmlReport.write(RunFiles.study(folder));

    assertThat(Files.readString(page)).doesNotContain("<script>throw");
    assertThat(data(page).at("/sections/8/blocks/0/options/0/blocks/0/text").asText())
        .startsWith(RunFiles.HOSTILE);
  }

  @Test
  void aFolderWithoutResultsIsRefused() {
    assertThatThrownBy(() -> HtmlReport.write(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "%s: there is no such file; 'orthant evaluate', 'quickstart' and 'bench' write it",
            folder.resolve("results.json"));
  }

  @Test
  void anotherFormatIsRefused() throws IOException {
    Files.writeString(folder.resolve("results.json"), "{\"format\": \"orthant-results-9\"}");

    assertThatThrownBy(() -> HtmlReport.write(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "%s: format is \"orthant-results-9\", must be \"orthant-results-1\" or \"orthant-suite-1\"",
            folder.resolve("results.json"));
  }

  private static List<String> titles(JsonNode data) {
    List<String> titles = new ArrayList<>();
    data.path("sections").forEach(section -> titles.add(section.path("title").asText()));
    return titles;
  }

  private static JsonNode data(Path page) throws IOException {
    Matcher matcher = DATA.matcher(Files.readString(page));
    assertThat(matcher.find()).isTrue();
    return new ObjectMapper().readTree(matcher.group(1));
  }
}
