package dev.orthant.cli;

import com.google.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Parameters;

/** {@code orthant evaluate}: the tables of a study. */
@Command(
    name = "evaluate",
    description =
        "Score the adapters and merges of a study on the test rows; print and write the results.")
final class EvaluateCommand implements Callable<Integer> {

  private final StudyRunner runner;
  private final ResultReport report;
  private final ReportPage page;

  @Parameters(paramLabel = "FILE", description = "The configuration of the study, YAML or JSON.")
  private Path file = Path.of("");

  @Inject
  EvaluateCommand(StudyRunner runner, ResultReport report, ReportPage page) {
    this.runner = runner;
    this.report = report;
    this.page = page;
  }

  @Override
  public Integer call() throws IOException {
    page.write(runner.run(file, "timings-evaluate.json", report::evaluate), file);
    return ExitCode.OK;
  }
}
