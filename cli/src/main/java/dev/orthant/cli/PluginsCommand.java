package dev.orthant.cli;

import com.google.inject.Inject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

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
final class PluginsCommand implements Callable<Integer> {

  private final Console console;
  private final PluginFolders plugins;

  @Mixin private PluginListing listing = new PluginListing();

  @Inject
  PluginsCommand(Console console, PluginFolders plugins) {
    this.console = console;
    this.plugins = plugins;
  }

  @Override
  public Integer call() {
    listing.print(plugins.catalog(), console.out());
    return ExitCode.OK;
  }
}
