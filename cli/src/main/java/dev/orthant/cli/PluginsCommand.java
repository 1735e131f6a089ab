package dev.orthant.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.inject.Inject;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.plugin.Kind;
import dev.orthant.core.plugin.PluginDescriptor;
import dev.orthant.core.plugin.PluginDiscovery;
import dev.orthant.core.spi.Reference;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code orthant plugins}: what a configuration file can name. */
@Command(
    name = "plugins",
    description =
        "List the adapters, constraints, mergers, transforms and sources of tasks there are.")
final class PluginsCommand implements Callable<Integer> {

  private final Console console;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "Only one kind: adapter, constraint, merger, transform, task or architecture.")
  private @Nullable Kind kind;

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      description = "Also look into this plug-in folder, FOLDER/NAME/*.jar. May be repeated.")
  private List<Path> folders = new ArrayList<>();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Inject
  PluginsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    PluginDiscovery discovery = new PluginDiscovery(PluginsCommand.class.getClassLoader(), folders);
    List<PluginDescriptor> plugins =
        new Catalog(discovery.discover(), List.of())
            .descriptors().stream().filter(p -> kind == null || p.kind() == kind).toList();
    PrintWriter out = console.out();
    if (json) {
      out.println(Json.pretty(tree(plugins)));
    } else {
      print(plugins, out);
    }
    return ExitCode.OK;
  }

  private static void print(List<PluginDescriptor> plugins, PrintWriter out) {
    Kind last = null;
    for (PluginDescriptor plugin : plugins) {
      if (plugin.kind() != last) {
        out.println((last == null ? "" : System.lineSeparator()) + plugin.kind().label() + "s");
        last = plugin.kind();
      }
      out.printf("  %-20s %s%n", plugin.name(), plugin.summary());
      for (Reference reference : plugin.references()) {
        out.printf("  %-20s %s%n", "", reference);
      }
      out.printf("  %-20s %s, %s%n", "", plugin.version(), plugin.jar());
    }
  }

  private static ArrayNode tree(List<PluginDescriptor> plugins) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (PluginDescriptor plugin : plugins) {
      ObjectNode node =
          all.addObject()
              .put("kind", plugin.kind().label())
              .put("name", plugin.name())
              .put("summary", plugin.summary())
              .put("version", plugin.version())
              .put("jar", plugin.jar());
      ArrayNode references = node.putArray("references");
      for (Reference reference : plugin.references()) {
        references.addObject().put("title", reference.title()).put("locator", reference.locator());
      }
    }
    return all;
  }
}
