package dev.orthant.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.plugin.Kind;
import dev.orthant.core.plugin.PluginDescriptor;
import dev.orthant.core.spi.Reference;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/**
 * A command that lists plug-ins. Options of a mixin would have the injector started for each help.
 */
abstract class PluginListing implements Callable<Integer> {

  private final Console console;
  private final PluginFolders plugins;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "Only one kind: ${COMPLETION-CANDIDATES}.")
  private @Nullable Kind kind;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  PluginListing(Console console, PluginFolders plugins) {
    this.console = console;
    this.plugins = plugins;
  }

  @Override
  public final Integer call() {
    List<PluginDescriptor> listed =
        plugins.catalog().descriptors().stream()
            .filter(p -> kind == null || p.kind() == kind)
            .toList();
    PrintWriter out = console.out();
    if (json) {
      out.println(Json.pretty(tree(listed)));
    } else {
      print(listed, out);
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
    plugins.forEach(plugin -> all.add(tree(plugin)));
    return all;
  }

  /** What a listing says of one plug-in. */
  static ObjectNode tree(PluginDescriptor plugin) {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("kind", plugin.kind().label())
            .put("name", plugin.name())
            .put("summary", plugin.summary())
            .put("version", plugin.version())
            .put("jar", plugin.jar());
    ArrayNode references = node.putArray("references");
    for (Reference reference : plugin.references()) {
      references.addObject().put("title", reference.title()).put("locator", reference.locator());
    }
    return node;
  }
}
