package dev.orthant.cli;

import com.google.inject.Inject;
import dev.orthant.core.checkpoint.AtomicFile;
import dev.orthant.eval.study.MergingStep;
import dev.orthant.eval.study.StatisticsStep;
import dev.orthant.eval.study.TrainingStep;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code orthant quickstart}: the main job from end to end. */
@Command(
    name = "quickstart",
    description = {
      "Train LoRA, LoRA with OSRM and MoSLoRA with OSRM on three real tasks, merge them in several "
          + "ways and compare.",
      "Writes a configuration into the folder, which the single steps can be run from as well."
    })
final class QuickstartCommand implements Callable<Integer> {

  private static final String CONFIGURATION = "quickstart.yaml";

  private final Console console;
  private final StudyRunner runner;
  private final ResultReport report;
  private final ReportPage page;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "The folder of the results; default: ${DEFAULT-VALUE}.")
  private Path output = Path.of("orthant-quickstart");

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "What all random numbers derive from; default: ${DEFAULT-VALUE}.")
  private long seed = 42;

  @Option(
      names = "--base",
      paramLabel = "MODEL",
      description =
          "The pretrained model: all-minilm-l6-v2, bge-small, e5-small, bert-base, or a model folder;"
              + " default: ${DEFAULT-VALUE}.")
  private String base = "all-minilm-l6-v2";

  @Inject
  QuickstartCommand(Console console, StudyRunner runner, ResultReport report, ReportPage page) {
    this.console = console;
    this.runner = runner;
    this.report = report;
    this.page = page;
  }

  @Override
  public Integer call() throws IOException {
    Path file = output.resolve(CONFIGURATION);
    Files.createDirectories(output);
    AtomicFile.write(file, configuration());
    runner.run(
        file,
        "timings.json",
        (study, times) -> {
          new TrainingStep(study, times).run(new StatisticsStep(study).run());
          new MergingStep(study, times).run();
          report.evaluate(study, times);
        });
    console.out().println("Configuration: " + file);
    console.out().println("Adapters: " + output.resolve("adapters"));
    page.write(output, file);
    return ExitCode.OK;
  }

  /** A folder as a quoted path from anywhere, or the name of a model that Maven has. */
  private String model() {
    Path folder = Path.of(base);
    return Files.isDirectory(folder)
        ? "'" + folder.toAbsolutePath().normalize().toString().replace("'", "''") + "'"
        : "maven:" + base;
  }

  private String configuration() throws IOException {
    try (InputStream template = QuickstartCommand.class.getResourceAsStream(CONFIGURATION)) {
      if (template == null) {
        throw new IllegalStateException(CONFIGURATION + " is missing from the jar");
      }
      return new String(template.readAllBytes(), StandardCharsets.UTF_8)
          .replace("${model}", model())
          .replace("${seed}", Long.toString(seed));
    }
  }
}
