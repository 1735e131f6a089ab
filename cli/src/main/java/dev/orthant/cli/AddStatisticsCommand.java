package dev.orthant.cli;

import com.google.inject.Inject;
import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.features.StatisticsFile;
import dev.orthant.core.features.TaskStatistics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orthant statistics merge}: shards of one task's statistics added up. */
@Command(
    name = "merge",
    description = {
      "Add up statistics files of disjoint parts of one task's data, taken with one base model and",
      "tokenizer at the same modules."
    })
final class AddStatisticsCommand implements Callable<Integer> {

  private final Console console;

  @Parameters(arity = "2..*", paramLabel = "SHARD", description = "Two or more statistics files.")
  private List<Path> shards = List.of();

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "The file to write.")
  private @Nullable Path output;

  @Option(names = "--force", description = "Replace the file if it exists.")
  private boolean force;

  @Inject
  AddStatisticsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Path file = OutputFile.requireFree(output, force);
    TaskStatistics sum = null;
    Set<Path> seen = new HashSet<>();
    for (Path shard : shards) {
      if (!Files.isRegularFile(shard)) {
        throw new CheckpointException(shard, "there is no such file");
      }
      if (!seen.add(shard.toAbsolutePath().normalize())) {
        throw new MisuseException("%s is named twice, its data would count twice".formatted(shard));
      }
      TaskStatistics part = StatisticsFile.read(shard);
      try {
        sum = sum == null ? part : sum.plus(part);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("%s: %s".formatted(shard, e.getMessage()), e);
      }
    }
    if (sum == null) {
      throw new IllegalStateException("picocli asks for two");
    }
    StatisticsFile.write(file, sum);
    console.out().println(file);
    return ExitCode.OK;
  }
}
