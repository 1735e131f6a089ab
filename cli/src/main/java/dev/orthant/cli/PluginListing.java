package dev.orthant.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.plugin.Kind;
import dev.orthant.core.plugin.PluginDescriptor;
import dev.orthant.core.spi.Reference;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a listing of plug-ins, and the listing. */
final class PluginListing {

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "Only one kind: ${COMPLETION-CANDIDATES}.")
  private @Nullable Kind kind;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  void print(Catalog catalog, PrintWriter out) {
    List<PluginDescriptor> plugins =
        catalog.descriptors().stream().filter(p -> kind == null || p.kind() == kind).toList();
    if (json) {
      out.println(Json.pretty(tree(plugins)));
    } else {
      print(plugins, out);
    }
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
