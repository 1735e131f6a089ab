package dev.orthant.cli;

import com.google.inject.Inject;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.eval.study.StatisticsStep;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Parameters;

/** {@code orthant statistics}: side files of the tasks' features. */
@Command(
    name = "statistics",
    description = "Collect the statistics of every task's features at the adapted modules.")
final class StatisticsCommand implements Callable<Integer> {

  private final Console console;
  private final StudyRunner runner;

  @Parameters(paramLabel = "FILE", description = "The configuration of the study, YAML or JSON.")
  private Path file = Path.of("");

  @Inject
  StatisticsCommand(Console console, StudyRunner runner) {
    this.console = console;
    this.runner = runner;
  }

  @Override
  public Integer call() throws IOException {
    runner.run(
        file,
        "timings-statistics.json",
        (study, times) ->
            times.time(
                "statistics",
                () -> {
                  for (TaskStatistics task : new StatisticsStep(study).run()) {
                    console.out().println(study.layout().statistics(task.task()));
                  }
                }));
    return ExitCode.OK;
  }
}
