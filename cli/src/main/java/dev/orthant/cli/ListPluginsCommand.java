package dev.orthant.cli;

import com.google.inject.Inject;
import picocli.CommandLine.Command;

/** {@code orthant plugins list}. */
@Command(name = "list", description = "List what a configuration file can name, with its paper.")
final class ListPluginsCommand extends PluginListing {

  @Inject
  ListPluginsCommand(Console console, PluginFolders plugins) {
    super(console, plugins);
  }
}
