package dev.orthant.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.inject.Inject;
import dev.orthant.core.config.ConfigSchema;
import dev.orthant.core.config.RunConfig;
import dev.orthant.core.merge.recipe.MergeConfig;
import dev.orthant.core.train.TrainingConfig;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Parameters;

/** {@code orthant schema}: what editors complete and check configuration files by. */
@Command(
    name = "schema",
    description = {
      "Print the JSON Schema of a study's configuration, or of a merge file, with every plug-in's"
          + " keys:  orthant schema > study.schema.json",
      "An editor with a YAML language server uses it in files that begin with"
          + "  # yaml-language-server: $$schema=study.schema.json"
    })
final class SchemaCommand implements Callable<Integer> {

  /** Files, as they are called on the command line. */
  private enum FileKind {
    study,
    merge
  }

  private final Console console;
  private final PluginFolders plugins;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE_KIND",
      description = "Of which files: ${COMPLETION-CANDIDATES}; default: study.")
  private FileKind of = FileKind.study;

  @Inject
  SchemaCommand(Console console, PluginFolders plugins) {
    this.console = console;
    this.plugins = plugins;
  }

  @Override
  public Integer call() {
    ConfigSchema schema =
        new ConfigSchema(plugins.catalog(), Map.of("training", TrainingConfig.defaults()));
    ObjectNode tree =
        switch (of) {
          case study -> schema.of(RunConfig.class, "Orthant study", List.of());
          case merge -> schema.of(MergeConfig.class, "Orthant merge file", List.of("merger.name"));
        };
    console.out().println(Json.pretty(tree));
    return ExitCode.OK;
  }
}
