package dev.orthant.cli;

import com.google.inject.Inject;
import dev.orthant.core.features.FisherInformation.Kind;
import dev.orthant.eval.study.ExpertFisher;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orthant fisher}: side files of the trained adapters' Fisher information. */
@Command(
    name = "fisher",
    description = {
      "Collect the diagonal Fisher information of the weights of a study's trained adapters, for the",
      "merger of this name; a study's merges collect what they need themselves."
    })
final class FisherCommand implements Callable<Integer> {

  private final Console console;
  private final StudyRunner runner;

  @Parameters(paramLabel = "FILE", description = "The configuration of the study, YAML or JSON.")
  private Path file = Path.of("");

  @Option(
      names = "--information",
      paramLabel = "KIND",
      description = "exact, or batch-sum for what much code computes in its place; default: exact.")
  private String information = Kind.EXACT.word();

  @Inject
  FisherCommand(Console console, StudyRunner runner) {
    this.console = console;
    this.runner = runner;
  }

  @Override
  public Integer call() throws IOException {
    Kind kind = kind();
    List<Path> files = new ArrayList<>();
    runner.run(
        file,
        "timings-fisher.json",
        (study, times) ->
            times.time("fisher", () -> files.addAll(new ExpertFisher(study).run(kind))));
    files.forEach(console.out()::println);
    return ExitCode.OK;
  }

  private Kind kind() {
    for (Kind each : Kind.values()) {
      if (each.word().equals(information)) {
        return each;
      }
    }
    throw new MisuseException(
        "--information must be exact or batch-sum, was '%s'".formatted(information));
  }
}
