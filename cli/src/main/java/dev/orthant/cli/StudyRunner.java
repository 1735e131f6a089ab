package dev.orthant.cli;

import com.google.inject.Guice;
import com.google.inject.Inject;
import com.google.inject.Injector;
import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.RunConfig;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.progress.Interruption;
import dev.orthant.core.progress.Progress;
import dev.orthant.eval.results.ResultFiles;
import dev.orthant.eval.study.StepTimes;
import dev.orthant.eval.study.Study;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Opens the study of a configuration file, runs steps of it and notes their times. */
final class StudyRunner {

  private final Backend backend;
  private final BaseModels baseModels;
  private final Progress progress;
  private final Interruption interruption;
  private final PluginFolders plugins;

  @Inject
  StudyRunner(
      Backend backend,
      BaseModels baseModels,
      Progress progress,
      Interruption interruption,
      PluginFolders plugins) {
    this.backend = backend;
    this.baseModels = baseModels;
    this.progress = progress;
    this.interruption = interruption;
    this.plugins = plugins;
  }

  /** Steps of a study. */
  interface Steps {

    /** Runs them. */
    void run(Study study, StepTimes times);
  }

  /**
   * Runs steps; their times are written also when one fails.
   *
   * @param timingsName of the file of times in the output folder
   * @return the output folder
   */
  Path run(Path file, String timingsName, Steps steps) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IllegalArgumentException(file + ": is a folder, a configuration is a file");
    }
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(file.toString());
    }
    RunConfig config = RunConfig.read(file, new ConfigDecoder());
    Injector injector = Guice.createInjector(plugins.module(config.plugins()));
    Catalog catalog = injector.getInstance(Catalog.class);
    ConfigDecoder decoder = injector.getInstance(ConfigDecoder.class);
    Study.check(config, catalog, decoder, file.toString());
    backend.start();
    StepTimes times = new StepTimes();
    WorkerPool pool = injector.getInstance(WorkerPool.class);
    try {
      Study.Environment environment =
          new Study.Environment(
              catalog, decoder, injector.getInstance(Kernels.class), progress, interruption);
      Path base = baseModels.folder(config.base());
      try (Study study = Study.open(config, base, environment, file.toString())) {
        times.time("all", () -> steps.run(study, times));
      }
    } catch (RuntimeException | IOException | Error failure) {
      try {
        writeTimes(config.output(), timingsName, times);
      } catch (RuntimeException e) { // likely for the same reason, which matters more
        failure.addSuppressed(e);
      }
      throw failure;
    } finally {
      pool.close();
    }
    writeTimes(config.output(), timingsName, times);
    return config.output();
  }

  /** What took no step keeps the times of the run that did. */
  private static void writeTimes(Path output, String name, StepTimes times) {
    Path file = output.resolve(name);
    boolean steps = times.timings().steps().size() > 1;
    if (Files.isDirectory(output) && (steps || !Files.exists(file))) {
      ResultFiles.write(file, times.timings());
    }
  }
}
