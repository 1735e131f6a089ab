package dev.orthant.cli;

import com.google.inject.Inject;
import dev.orthant.core.checkpoint.AtomicFile;
import dev.orthant.eval.report.HtmlReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Ends a command with {@code report.html}. */
final class ReportPage {

  private final Console console;

  @Inject
  ReportPage(Console console) {
    this.console = console;
  }

  /**
   * Keeps the configuration beside the results, writes the page and says where it is.
   *
   * @param output the folder of the results
   * @param configuration the file that they were computed from
   */
  void write(Path output, Path configuration) throws IOException {
    if (!configuration.toAbsolutePath().startsWith(output.toAbsolutePath())) {
      String name = configuration.getFileName().toString().endsWith(".json") ? "json" : "yaml";
      AtomicFile.write(output.resolve("configuration." + name), Files.readString(configuration));
    }
    console.out().println("Report: " + HtmlReport.write(output));
    console.out().flush();
  }
}
