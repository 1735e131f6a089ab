package dev.orthant.cli;

import com.google.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orthant fisher collect}: the Fisher information of a trained adapter on text files. */
@Command(
    name = "collect",
    description = {
      "Collect the Fisher information of a trained adapter's weights, those of the base and the",
      "adapter together, on text files without labels. The file that is written holds mean squares",
      "of gradients, and no text."
    })
final class CollectFisherCommand implements Callable<Integer> {

  private final Console console;
  private final FileFisher fisher;

  @Parameters(
      arity = "1..*",
      paramLabel = "DATA",
      description = "Files of text: .tsv, .csv, .jsonl or .ndjson.")
  private List<Path> data = List.of();

  @Option(
      names = "--base",
      required = true,
      paramLabel = "MODEL",
      description = "The adapter's base model: a folder, or maven: and a name.")
  private String base = "";

  @Option(
      names = "--adapter",
      required = true,
      paramLabel = "FOLDER",
      description = "An adapter that Orthant trained, with its head.")
  private Path adapter = Path.of("");

  @Option(
      names = "--text-a",
      required = true,
      paramLabel = "COLUMN",
      description = "The column of the text, or of the first of a pair.")
  private String textA = "";

  @Option(names = "--text-b", paramLabel = "COLUMN", description = "That of the second of a pair.")
  private @Nullable String textB;

  @Option(names = "--information", paramLabel = "KIND", description = FisherCommand.KINDS)
  private String information = FisherCommand.EXACT;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "Take the first N rows of all files together; default: all.")
  private @Nullable Integer rows;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "The file to write.")
  private @Nullable Path output;

  @Option(names = "--force", description = "Replace the file if it exists.")
  private boolean force;

  @Inject
  CollectFisherCommand(Console console, FileFisher fisher) {
    this.console = console;
    this.fisher = fisher;
  }

  @Override
  public Integer call() throws IOException {
    if (rows != null && rows < 1) {
      throw new MisuseException("--rows must be at least 1, was " + rows);
    }
    Path file = OutputFile.requireFree(output, force);
    fisher.write(
        new FileFisher.Request(
            data, base, adapter, textA, textB, FisherCommand.kind(information), rows, file));
    console.out().println(file);
    return ExitCode.OK;
  }
}
