package dev.orthant.cli;

import com.google.inject.Guice;
import com.google.inject.Inject;
import dev.orthant.core.application.Adaptation;
import dev.orthant.core.application.BaseModel;
import dev.orthant.core.config.BaseSpec;
import dev.orthant.core.export.ExportFormat;
import dev.orthant.core.finetune.AdapterFolder;
import dev.orthant.core.wiring.Orthant;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code orthant export}: a model with an adapter in it, for programs that know no adapters. */
@Command(
    name = "export",
    description = {
      "Write a model with an adapter summed into its weights, and with its head:",
      "orthant export --base BASE --adapter ADAPTER --format onnx --output OUT"
    })
final class ExportCommand implements Callable<Integer> {

  private static final int LENGTH = 512; // of texts, which are not read here

  private final Console console;
  private final Backend backend;
  private final BaseModels baseModels;
  private final PluginFolders plugins;

  @Option(
      names = "--base",
      required = true,
      paramLabel = "MODEL",
      description = "The base model: a folder, or maven:NAME as for 'orthant import'.")
  private String base = "";

  @Option(
      names = "--adapter",
      paramLabel = "FOLDER",
      description =
          "What is added to its weights: an adapter of Orthant or PEFT; default: nothing.")
  private @Nullable Path adapter;

  @Option(
      names = "--head",
      paramLabel = "FOLDER",
      description =
          "The adapter of Orthant whose head is exported, for a merged one or a merged model as"
              + " base; default: the adapter's own, if it has one.")
  private @Nullable Path head;

  @Option(
      names = "--no-head",
      description = "Export the model alone: its hidden states, for embedding.")
  private boolean withoutHead;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "onnx, for ONNX Runtime, DJL and langchain4j, or safetensors, a folder for transformers;"
              + " default: ${DEFAULT-VALUE}.",
      defaultValue = "onnx")
  private ExportFormat format = ExportFormat.ONNX;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FOLDER",
      description = "The folder to write.")
  private Path output = Path.of("");

  @Option(names = "--force", description = "Replace the folder if it exists.")
  private boolean force;

  @Inject
  ExportCommand(Console console, Backend backend, BaseModels baseModels, PluginFolders plugins) {
    this.console = console;
    this.backend = backend;
    this.baseModels = baseModels;
    this.plugins = plugins;
  }

  @Override
  public Integer call() throws IOException {
    if (withoutHead && head != null) {
      throw new MisuseException("--no-head and --head exclude each other");
    }
    OutputFolder.requireFree(output, force);
    Path folder = baseModels.folder(new BaseSpec(base, LENGTH));
    backend.start();
    try (Orthant orthant =
            Guice.createInjector(plugins.module(List.of())).getInstance(Orthant.class);
        BaseModel model = orthant.open(folder)) {
      write(model);
    }
    console.out().println(output);
    return ExitCode.OK;
  }

  private void write(BaseModel model) {
    Path added = adapter;
    Path headOf = head;
    if (added != null && headOf == null && !withoutHead && AdapterFolder.isAt(added)) {
      model.export(format, model.classifier(model.adapter(added)), output, force);
      return;
    }
    Adaptation adaptation = added == null ? Adaptation.none() : model.adaptation(added);
    if (headOf == null) {
      model.export(format, adaptation, output, force);
    } else {
      model.export(format, model.classifier(model.head(headOf), adaptation), output, force);
    }
  }
}
