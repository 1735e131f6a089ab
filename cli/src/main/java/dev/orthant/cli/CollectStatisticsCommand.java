package dev.orthant.cli;

import com.google.inject.Inject;
import dev.orthant.core.features.StatisticsSource.Unit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orthant statistics collect}: statistics of text files in a base model. */
@Command(
    name = "collect",
    description = {
      "Collect the statistics of the features that a base model makes of text files.",
      "The file that is written holds sums over all texts, and none of them; read docs/statistics.md",
      "on what such sums reveal before giving it away."
    })
final class CollectStatisticsCommand implements Callable<Integer> {

  private final Console console;
  private final FileStatistics statistics;

  @Parameters(
      arity = "1..*",
      paramLabel = "DATA",
      description = "Files of text: .tsv, .csv, .jsonl or .ndjson.")
  private List<Path> data = List.of();

  @Option(
      names = "--base",
      required = true,
      paramLabel = "MODEL",
      description = "A model folder, or maven: and a name.")
  private String base = "";

  @Option(names = "--task", required = true, paramLabel = "NAME", description = "The task's name.")
  private String task = "";

  @Option(
      names = "--text-a",
      required = true,
      paramLabel = "COLUMN",
      description = "The column of the text, or of the first of a pair.")
  private String textA = "";

  @Option(names = "--text-b", paramLabel = "COLUMN", description = "That of the second of a pair.")
  private @Nullable String textB;

  @Option(
      names = "--modules",
      split = ",",
      paramLabel = "NAME",
      description = "As target_modules of adapters; default: query,value.")
  private List<String> modules = List.of("query", "value");

  @Option(
      names = "--of",
      paramLabel = "UNIT",
      description = "tokens, or means of the examples; default: tokens.")
  private Unit unit = Unit.TOKENS;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "Take the first N rows of all files together; default: all.")
  private @Nullable Integer rows;

  @Option(
      names = "--max-length",
      paramLabel = "N",
      description = "Texts are cut to this many tokens; default: 128.")
  private int maxLength = 128;

  @Option(
      names = "--sketch",
      paramLabel = "N",
      description = "Keep N rows a module instead of its Gram matrix, for very wide layers.")
  private @Nullable Integer sketch;

  @Option(
      names = "--adapter",
      paramLabel = "FOLDER",
      description = "Take features of the base with this adapter in it, a partly merged model.")
  private @Nullable Path adapter;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "The file to write.")
  private @Nullable Path output;

  @Option(names = "--force", description = "Replace the file if it exists.")
  private boolean force;

  @Inject
  CollectStatisticsCommand(Console console, FileStatistics statistics) {
    this.console = console;
    this.statistics = statistics;
  }

  @Override
  public Integer call() throws IOException {
    if (rows != null && rows < 1) {
      throw new MisuseException("--rows must be at least 1, was " + rows);
    }
    if (sketch != null && sketch < 1) {
      throw new MisuseException("--sketch must be at least 1, was " + sketch);
    }
    Path file = OutputFile.requireFree(output, force);
    statistics.write(
        new FileStatistics.Request(
            data, base, maxLength, task, textA, textB, modules, unit, rows, sketch, adapter, file));
    console.out().println(file);
    return ExitCode.OK;
  }
}
