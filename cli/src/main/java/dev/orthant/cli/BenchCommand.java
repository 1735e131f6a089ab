package dev.orthant.cli;

import com.google.inject.Inject;
import dev.orthant.core.progress.Progress;
import dev.orthant.eval.results.Forecast;
import dev.orthant.eval.results.ResultFiles;
import dev.orthant.eval.results.SuiteFigures;
import dev.orthant.eval.results.SuiteReport;
import dev.orthant.eval.study.ForecastStep;
import dev.orthant.eval.study.StatisticsStep;
import dev.orthant.eval.study.StepTimes;
import dev.orthant.eval.study.Study;
import dev.orthant.eval.study.Suite;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orthant bench}: every adapter, merger and seed of a suite. */
@Command(
    name = "bench",
    description = {
      "Train, merge and score every adapter of a suite with every seed, and report means with "
          + "intervals and tests.",
      "What is done already is kept, what was interrupted goes on."
    })
final class BenchCommand implements Callable<Integer> {

  private static final long MEBI = 1 << 20;

  private final Console console;
  private final StudyRunner runner;
  private final ReportPage page;

  @Parameters(paramLabel = "FILE", description = "The configuration of the suite, YAML or JSON.")
  private Path file = Path.of("");

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Steps at a time, each on one thread; default: the processors.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--memory",
      paramLabel = "MIB",
      description = "Memory for all steps under way, in MiB; default: half of the machine's.")
  private long memory = machineMemory() / 2 / MEBI;

  @Inject
  BenchCommand(Console console, StudyRunner runner, ReportPage page) {
    this.console = console;
    this.runner = runner;
    this.page = page;
  }

  @Override
  public Integer call() throws IOException {
    if (threads < 1 || memory < 1) {
      throw new MisuseException(
          "--threads and --memory must be at least 1, were %d and %d".formatted(threads, memory));
    }
    page.write(runner.run(file, "timings.json", this::bench), file);
    return ExitCode.OK;
  }

  private void bench(Study study, StepTimes times) {
    Suite.Resources resources = new Suite.Resources(threads, memory * MEBI);
    SuiteFigures figures = new SuiteFigures(new Suite(study, times, resources).run());
    if (study.run().evaluation().forecast()) {
      ResultFiles.writeForecasts(study.layout().forecast(), forecasts(study));
    }
    Path output = study.layout().root();
    ResultFiles.write(study.layout().results(), figures);
    ResultFiles.writeCsv(study.layout().resultsCsv(), figures.results());
    SuiteReport.write(study.layout().report(), figures);
    console.out().print(SuiteReport.text(figures));
    console.out().println();
    console.out().println("Results: " + output);
    console.out().flush();
  }

  private static List<Forecast> forecasts(Study study) {
    Study first = study.member(study.run().seed(), Progress.none());
    ForecastStep step = new ForecastStep(study, new StatisticsStep(first).run());
    List<Forecast> forecasts = new ArrayList<>();
    for (long seed : study.run().suiteSeeds()) {
      forecasts.addAll(step.member(study.member(seed, Progress.none())).run());
    }
    return forecasts;
  }

  private static long machineMemory() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean machine
        ? machine.getTotalMemorySize()
        : Runtime.getRuntime().maxMemory();
  }
}
