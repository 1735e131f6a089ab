package dev.orthant.cli;

import com.google.inject.Inject;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.eval.study.StatisticsStep;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Parameters;

/** {@code orthant statistics}: side files of the tasks' features. */
@Command(
    name = "statistics",
    description = {
      "Collect the statistics of every task's features at the adapted modules of a study:",
      "  orthant statistics FILE",
      "or those of a data owner's own files, to be given away instead of the data."
    },
    subcommands = {CollectStatisticsCommand.class, AddStatisticsCommand.class})
final class StatisticsCommand implements Callable<Integer> {

  private final Console console;
  private final StudyRunner runner;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "The configuration of the study, YAML or JSON.")
  private @Nullable Path file;

  @Inject
  StatisticsCommand(Console console, StudyRunner runner) {
    this.console = console;
    this.runner = runner;
  }

  @Override
  public Integer call() throws IOException {
    if (file == null) {
      throw new MisuseException("Missing required parameter: 'FILE', or a command");
    }
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
