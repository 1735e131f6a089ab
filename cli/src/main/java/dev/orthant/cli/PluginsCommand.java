package dev.orthant.cli;

import com.google.inject.Inject;
import picocli.CommandLine.Command;

/** {@code orthant plugins}: what a configuration file can name, listed if nothing else is said. */
@Command(
    name = "plugins",
    description = {
      "List the adapters, constraints, mergers, transforms, sources of tasks and families of"
          + " models there are, describe one, or write the project of a new one.",
      "Plug-ins are looked for on the class path, in the folders of --plugins and of"
          + " ORTHANT_PLUGINS, and in ~/.orthant/plugins."
    },
    subcommands = {ListPluginsCommand.class, DescribePluginCommand.class, NewPluginCommand.class})
final class PluginsCommand extends PluginListing {

  @Inject
  PluginsCommand(Console console, PluginFolders plugins) {
    super(console, plugins);
  }
}
