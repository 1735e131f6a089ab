package dev.orthant.cli;

import com.google.inject.Inject;
import dev.orthant.core.features.FisherInformation.Kind;
import dev.orthant.eval.study.ExpertFisher;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orthant fisher}: side files of the trained adapters' Fisher information. */
@Command(
    name = "fisher",
    description = {
      "Collect the diagonal Fisher information of the weights of a study's trained adapters:",
      "  orthant fisher FILE",
      "or of one adapter on text files, for merges of folders. A study's merges collect what they",
      "need themselves."
    },
    subcommands = CollectFisherCommand.class)
final class FisherCommand implements Callable<Integer> {

  static final String EXACT = "exact";
  static final String KINDS =
      "exact, or batch-sum for what much code computes in its place; default: exact.";

  private final Console console;
  private final StudyRunner runner;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "The configuration of the study, YAML or JSON.")
  private @Nullable Path file;

  @Option(names = "--information", paramLabel = "KIND", description = KINDS)
  private String information = EXACT;

  @Inject
  FisherCommand(Console console, StudyRunner runner) {
    this.console = console;
    this.runner = runner;
  }

  @Override
  public Integer call() throws IOException {
    if (file == null) {
      throw new MisuseException("Missing required parameter: 'FILE', or a command");
    }
    Kind kind = kind(information);
    List<Path> files = new ArrayList<>();
    runner.run(
        file,
        "timings-fisher.json",
        (study, times) ->
            times.time("fisher", () -> files.addAll(new ExpertFisher(study).run(kind))));
    files.forEach(console.out()::println);
    return ExitCode.OK;
  }

  static Kind kind(String word) {
    for (Kind each : Kind.values()) {
      if (each.word().equals(word)) {
        return each;
      }
    }
    throw new MisuseException("--information must be exact or batch-sum, was '%s'".formatted(word));
  }
}
