package dev.orthant.cli;

import com.google.inject.Inject;
import dev.orthant.eval.study.StatisticsStep;
import dev.orthant.eval.study.TrainingStep;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Parameters;

/** {@code orthant train}: every adapter on every task. */
@Command(
    name = "train",
    description = {
      "Train every adapter of a study on every task.",
      "What is trained already is kept, what was interrupted goes on."
    })
final class TrainCommand implements Callable<Integer> {

  private final Console console;
  private final StudyRunner runner;

  @Parameters(paramLabel = "FILE", description = "The configuration of the study, YAML or JSON.")
  private Path file = Path.of("");

  @Inject
  TrainCommand(Console console, StudyRunner runner) {
    this.console = console;
    this.runner = runner;
  }

  @Override
  public Integer call() throws IOException {
    runner.run(
        file,
        "timings-train.json",
        (study, times) -> {
          new TrainingStep(study, times).run(new StatisticsStep(study).run());
          study
              .run()
              .adapters()
              .forEach(
                  adapter ->
                      study
                          .tasks()
                          .forEach(
                              task ->
                                  console
                                      .out()
                                      .println(
                                          study.layout().adapter(task.name(), adapter.name()))));
        });
    return ExitCode.OK;
  }
}
