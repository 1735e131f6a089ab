package dev.orthant.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.inject.Inject;
import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.KeyDescription;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.plugin.Kind;
import dev.orthant.core.plugin.NearestName;
import dev.orthant.core.plugin.PluginDescriptor;
import dev.orthant.core.plugin.UnknownPluginException;
import dev.orthant.core.spi.Component;
import dev.orthant.core.spi.Reference;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orthant plugins describe}: the configuration of a component, from its record. */
@Command(
    name = "describe",
    description = "Show a component's configuration, what it needs, its laws and its papers.")
final class DescribePluginCommand implements Callable<Integer> {

  private final Console console;
  private final PluginFolders plugins;

  @Parameters(paramLabel = "NAME", description = "The component, as a configuration names it.")
  private String name = "";

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "Of which kind: ${COMPLETION-CANDIDATES}; default: all that have one so named.")
  private @Nullable Kind kind;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Inject
  DescribePluginCommand(Console console, PluginFolders plugins) {
    this.console = console;
    this.plugins = plugins;
  }

  @Override
  public Integer call() {
    Catalog catalog = plugins.catalog();
    List<PluginDescriptor> found = find(catalog);
    PrintWriter out = console.out();
    if (json) {
      ArrayNode all = JsonNodeFactory.instance.arrayNode();
      found.forEach(plugin -> all.add(tree(plugin, component(catalog, plugin))));
      out.println(Json.pretty(all));
    } else {
      found.forEach(plugin -> print(plugin, component(catalog, plugin), out));
    }
    return ExitCode.OK;
  }

  private List<PluginDescriptor> find(Catalog catalog) {
    List<PluginDescriptor> ofKind =
        catalog.descriptors().stream().filter(p -> kind == null || p.kind() == kind).toList();
    List<PluginDescriptor> found = ofKind.stream().filter(p -> p.name().equals(name)).toList();
    if (!found.isEmpty()) {
      return found;
    }
    List<String> names = ofKind.stream().map(PluginDescriptor::name).toList();
    if (kind != null) {
      throw new UnknownPluginException(kind, name, names);
    }
    throw new IllegalArgumentException(
        "unknown plug-in '%s'%s 'orthant plugins list' lists them"
            .formatted(
                name,
                NearestName.of(name, names).map(n -> ", did you mean '" + n + "'?").orElse(".")));
  }

  private static Component<?> component(Catalog catalog, PluginDescriptor plugin) {
    return catalog.get(plugin.kind(), plugin.name());
  }

  private static void print(PluginDescriptor plugin, Component<?> component, PrintWriter out) {
    out.printf("%s %s: %s%n", plugin.kind(), plugin.name(), plugin.summary());
    plugin.references().forEach((Reference reference) -> out.printf("  %s%n", reference));
    out.printf("  %s, %s%n", plugin.version(), plugin.jar());
    List<KeyDescription> keys = KeyDescription.of(component.defaults());
    out.println();
    if (keys.isEmpty()) {
      out.println("  no configuration");
    }
    int width = keys.stream().mapToInt(key -> key.key().length()).max().orElse(0);
    for (KeyDescription key : keys) {
      out.printf("  %-" + width + "s  %s%n", key.key(), words(key));
      if (!key.meaning().isEmpty()) {
        out.printf("  %-" + width + "s  %s%n", "", key.meaning());
      }
    }
    out.println();
    for (Map.Entry<String, String> fact : PluginFacts.of(component).entrySet()) {
      out.printf("  %s: %s%n", fact.getKey(), fact.getValue());
    }
    out.println();
  }

  /** {@code number, in (0, 1]; default 0.2}. */
  private static String words(KeyDescription key) {
    String rules = key.rules().isEmpty() ? "" : ", " + String.join("; ", key.rules());
    return key.type() + rules + "; default " + plain(key.otherwise());
  }

  /** JSON as a configuration would have it. */
  private static String plain(String value) {
    return value.equals("null") ? "none" : value.replace("\"", "");
  }

  private static ObjectNode tree(PluginDescriptor plugin, Component<?> component) {
    ObjectNode node = PluginListing.tree(plugin);
    ArrayNode keys = node.putArray("keys");
    ConfigDecoder decoder = new ConfigDecoder();
    for (KeyDescription key : KeyDescription.of(component.defaults())) {
      ObjectNode described = keys.addObject().put("key", key.key()).put("type", key.type());
      described.set("default", decoder.parse("value: " + key.otherwise()).get("value"));
      described.put("meaning", key.meaning());
      ArrayNode rules = described.putArray("rules");
      key.rules().forEach(rules::add);
    }
    PluginFacts.of(component).forEach(node::put);
    return node;
  }
}
