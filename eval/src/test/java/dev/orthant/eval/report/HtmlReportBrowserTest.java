package dev.orthant.eval.report;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page in a real browser; skipped where Chromium is not installed. */
final class HtmlReportBrowserTest {

  private static final Path SCREENSHOTS = Path.of("target", "report-screenshots");
  private static final String MERGED = "document.querySelectorAll('table')[0]";

  @TempDir private static Path folder = Path.of("");
  private static @Nullable Chromium chromium;

  @BeforeAll
  static void openBrowser() throws Exception {
    Optional<Path> executable = Chromium.installed();
    if (executable.isEmpty()) {
      // surefire does not show why a test was skipped
      System.out.println("SKIPPED: HtmlReportBrowserTest, as there is no chromium on the path");
    }
    assumeTrue(executable.isPresent(), "there is no chromium on the path");
    HtmlReport.write(RunFiles.study(folder.resolve("study")));
    HtmlReport.write(RunFiles.suite(folder.resolve("suite"), 3, 2, 3, 2));
    chromium = Chromium.start(executable.get(), Files.createDirectory(folder.resolve("profile")));
  }

  @AfterAll
  static void closeBrowser() {
    if (chromium != null) {
      chromium.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"study", "suite"})
  void everyChartHasDataAndIsDrawnWithoutAnError(String run) throws Exception {
    Chromium page = open(run);

    JsonNode charts =
        page.evaluate(
            """
            [...document.querySelectorAll('.chart')].map(place => ({
              name: place.getAttribute('aria-label'),
              points: echarts.getInstanceByDom(place).getOption().series
                  .filter(series => series.type !== 'custom')
                  .reduce((sum, series) => sum + series.data.length, 0),
              shapes: place.querySelectorAll('svg path').length,
              width: place.querySelector('svg').getBoundingClientRect().width}))
            """);

    assertThat(charts.size()).isGreaterThan(run.equals("study") ? 8 : 5);
    for (JsonNode chart : charts) {
      assertThat(chart.path("points").asInt()).as(chart.toString()).isGreaterThan(0);
      assertThat(chart.path("shapes").asInt()).as(chart.toString()).isGreaterThan(3);
      assertThat(chart.path("width").asInt()).as(chart.toString()).isGreaterThan(600);
    }
    assertThat(page.problems()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"study", "suite"})
  void everyVariantOfAChartIsDrawn(String run) throws Exception {
    Chromium page = open(run);

    int variants =
        page.evaluate(
                """
                [...document.querySelectorAll('.choice select')].flatMap(select =>
                  [...select.options].map(option => {
                    select.value = option.value;
                    select.dispatchEvent(new Event('change'));
                    const shown = select.closest('.choice');
                    return shown.querySelectorAll('svg path, pre').length;
                  })).filter(shapes => shapes > 0).length
                """)
            .asInt();

    assertThat(variants)
        .isEqualTo(page.evaluate("document.querySelectorAll('.choice option').length").asInt())
        .isGreaterThan(10);
    assertThat(page.problems()).isEmpty();
  }

  @Test
  void nothingButThePageIsLoaded() throws Exception {
    Chromium page = open("study");

    assertThat(page.requests())
        .allMatch(
            address ->
                address.equals(report("study").toUri().toString()) || address.startsWith("data:"))
        .isNotEmpty();
  }

  @Test
  void tablesSortByNumbersAndTexts() throws Exception {
    Chromium page = open("study");
    page.evaluate(click("mean, %"));
    List<String> descending = column(page, 7);
    String sort = header(page, "mean, %");
    page.evaluate(click("mean, %"));
    List<String> ascending = column(page, 7);
    page.evaluate(click("merger"));

    assertThat(descending).hasSize(6).startsWith("75.2 ± 2.3").endsWith("72.0 ± 2.3");
    assertThat(sort).isEqualTo("descending");
    assertThat(ascending).startsWith("72.0 ± 2.3").endsWith("75.2 ± 2.3");
    assertThat(column(page, 1)).isSorted();
    assertThat(header(page, "mean, %")).isEqualTo("none");
    assertThat(page.problems()).isEmpty();
  }

  @Test
  void theKeyboardSortsAndChooses() throws Exception {
    Chromium page = open("study");

    page.evaluate(MERGED + ".querySelector('th button').focus()");
    page.press("Enter", 13, "\r");
    String sort = header(page, "adapter");
    page.evaluate("document.querySelector('.choice select').focus()");
    page.press("ArrowDown", 40, "");

    assertThat(sort).isEqualTo("ascending");
    assertThat(page.evaluate("document.querySelector('figcaption').textContent").asText())
        .isEqualTo("Score on acceptability after merging");
    assertThat(page.evaluate("document.querySelector('figure svg') !== null").asBoolean()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"study", "suite"})
  void whatIsSeenCanBeHeard(String run) throws Exception {
    Chromium page = open(run);

    JsonNode unnamed =
        page.evaluate(
            """
            [...document.querySelectorAll('.chart, .scroll, pre, section')].filter(part =>
                !part.getAttribute('aria-label') && !part.getAttribute('aria-labelledby'))
              .concat([...document.querySelectorAll('select')].filter(part => !part.labels.length))
              .concat([...document.querySelectorAll('table')].filter(part =>
                  !part.caption.textContent || part.querySelector('th:not([scope])')))
              .map(part => part.outerHTML.slice(0, 200))
            """);
    JsonNode numbers =
        page.evaluate(
            """
            [...document.querySelectorAll('figure details')].map(details => {
              details.open = true;
              details.dispatchEvent(new Event('toggle'));
              return details.querySelectorAll('tbody tr').length;
            })
            """);

    assertThat(unnamed).isEmpty();
    assertThat(numbers).isNotEmpty().allMatch(rows -> rows.asInt() > 0);
    assertThat(page.evaluate("document.documentElement.lang").asText()).isEqualTo("en");
    assertThat(page.problems()).isEmpty();
  }

  @Test
  void textFromFilesIsShownAndNotRun() throws Exception {
    Chromium page = open("study");

    page.evaluate(
        """
        (select => {
          select.value = [...select.options].findIndex(option => option.text === 'study.yaml');
          select.dispatchEvent(new Event('change'));
        })([...document.querySelectorAll('.choice select')].pop())
        """);

    assertThat(page.evaluate("document.querySelector('pre').textContent").asText())
        .startsWith(RunFiles.HOSTILE);
    assertThat(page.problems()).isEmpty();
  }

  /** The series' first colours, which bars have, and the page's own. */
  @ParameterizedTest
  @CsvSource({
    "study, light, ffffff, 0072b2",
    "study, dark, 12171e, 4aa8e0",
    "suite, light, ffffff, 0072b2",
    "suite, dark, 12171e, 4aa8e0"
  })
  void bothSchemesAreDrawnInTheirColours(String run, String scheme, String page, String bar)
      throws Exception {
    Chromium shown = open(run);
    shown.prefer(scheme);

    byte[] png = shown.screenshot();

    Files.createDirectories(SCREENSHOTS);
    Files.write(SCREENSHOTS.resolve(run + "-" + scheme + ".png"), png);
    Map<String, Integer> colours = colours(png);
    assertThat(colours.getOrDefault(page, 0)).isGreaterThan(500_000);
    assertThat(colours.getOrDefault(bar, 0)).isGreaterThan(5_000);
    assertThat(shown.problems()).isEmpty();
  }

  @Test
  void theSchemeCanBeChosenAgainstTheSystem() throws Exception {
    Chromium page = open("study");
    page.prefer("light");

    page.evaluate(
        """
        (select => { select.value = 'dark'; select.dispatchEvent(new Event('change')); })(
            document.getElementById('scheme'))
        """);

    assertThat(page.evaluate("getComputedStyle(document.body).backgroundColor").asText())
        .isEqualTo("rgb(18, 23, 30)");
    assertThat(
            page.evaluate(
                    "[...document.querySelectorAll('.chart path')].some(path =>"
                        + " path.getAttribute('fill') === '#4aa8e0')")
                .asBoolean())
        .isTrue();
  }

  @Test
  void thePageCanBePrinted() throws Exception {
    Chromium page = open("suite");
    page.prefer("dark");

    byte[] pdf = page.pdf();

    Files.createDirectories(SCREENSHOTS);
    Files.write(SCREENSHOTS.resolve("suite.pdf"), pdf);
    assertThat(new String(pdf, 0, 5, StandardCharsets.US_ASCII)).isEqualTo("%PDF-");
    assertThat(pdf.length).isGreaterThan(50_000);
    assertThat(page.problems()).isEmpty();
  }

  private static Chromium open(String run) throws Exception {
    Chromium page = requireNonNull(chromium);
    page.open(report(run));
    return page;
  }

  private static Path report(String run) {
    return folder.resolve(run).resolve("report.html");
  }

  private static String click(String column) {
    return "[...%s.querySelectorAll('th button')].find(b => b.textContent === '%s').click()"
        .formatted(MERGED, column);
  }

  private static String header(Chromium page, String column) {
    return page.evaluate(
            "[...%s.querySelectorAll('th')].find(h => h.textContent === '%s').getAttribute('aria-sort')"
                .formatted(MERGED, column))
        .asText();
  }

  private static List<String> column(Chromium page, int index) {
    List<String> cells = new ArrayList<>();
    page.evaluate(
            "[...%s.querySelectorAll('tbody tr')].map(row => row.cells[%d].textContent)"
                .formatted(MERGED, index))
        .forEach(cell -> cells.add(cell.asText()));
    return cells;
  }

  /** How many pixels have each colour. */
  private static Map<String, Integer> colours(byte[] png) throws IOException {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    Map<String, Integer> counts = new HashMap<>();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        counts.merge("%06x".formatted(image.getRGB(x, y) & 0xffffff), 1, Integer::sum);
      }
    }
    return counts;
  }
}
