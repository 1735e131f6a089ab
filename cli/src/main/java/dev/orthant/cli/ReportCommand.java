package dev.orthant.cli;

import com.google.inject.Inject;
import dev.orthant.eval.report.HtmlReport;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Parameters;

/** {@code orthant report}: a finished run on one page. */
@Command(
    name = "report",
    description = {
      "Write report.html into the folder of a study or a suite: tables, charts and configurations "
          + "on one page.",
      "The page needs no network and no other file."
    })
final class ReportCommand implements Callable<Integer> {

  private final Console console;

  @Parameters(
      paramLabel = "DIR",
      description = "The output folder of quickstart, evaluate or bench.")
  private Path folder = Path.of("");

  @Inject
  ReportCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    console.out().println("Report: " + HtmlReport.write(folder));
    return ExitCode.OK;
  }
}
