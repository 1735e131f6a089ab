package dev.orthant.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.inject.Inject;
import dev.orthant.cli.Inspection.TensorFile;
import dev.orthant.core.checkpoint.TensorInfo;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orthant inspect}: what is in a model, an adapter or a file of tensors. */
@Command(
    name = "inspect",
    description = "Show what is in a model folder, an adapter folder or a safetensors file.")
final class InspectCommand implements Callable<Integer> {

  private static final double MEBIBYTE = 1 << 20;

  private final Console console;

  @Parameters(paramLabel = "PATH", description = "A folder or a safetensors file.")
  private Path path = Path.of("");

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Inject
  InspectCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    Inspection inspection = Inspection.of(path);
    PrintWriter out = console.out();
    if (json) {
      out.println(Json.pretty(tree(inspection)));
    } else {
      print(inspection, out);
    }
    return ExitCode.OK;
  }

  private static void print(Inspection inspection, PrintWriter out) {
    inspection
        .configs()
        .forEach(
            (name, config) -> {
              out.println(name);
              config.properties().forEach(e -> out.printf("  %s: %s%n", e.getKey(), e.getValue()));
              out.println();
            });
    for (TensorFile file : inspection.files()) {
      out.printf(
          Locale.ROOT,
          "%s: %d tensors, %d elements, %.1f MiB%n",
          file.name(),
          file.tensors().size(),
          file.elements(),
          file.bytes() / MEBIBYTE);
      file.metadata().forEach((key, value) -> out.printf("  %s = %s%n", key, value));
      int width = file.tensors().keySet().stream().mapToInt(String::length).max().orElse(1);
      file.tensors()
          .forEach(
              (name, info) ->
                  out.printf(
                      "  %-" + width + "s  %-4s %s%n",
                      name,
                      info.dtype(),
                      Arrays.toString(info.shape())));
    }
  }

  private static ObjectNode tree(Inspection inspection) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("path", inspection.path().toString());
    inspection.configs().forEach(root.putObject("configs")::set);
    ArrayNode files = root.putArray("files");
    for (TensorFile file : inspection.files()) {
      ObjectNode node = files.addObject();
      node.put("name", file.name());
      file.metadata().forEach(node.putObject("metadata")::put);
      ObjectNode tensors = node.putObject("tensors");
      file.tensors().forEach((name, info) -> describe(tensors.putObject(name), info));
    }
    return root;
  }

  private static void describe(ObjectNode node, TensorInfo info) {
    node.put("dtype", info.dtype().name());
    ArrayNode shape = node.putArray("shape");
    Arrays.stream(info.shape()).forEach(shape::add);
  }
}
