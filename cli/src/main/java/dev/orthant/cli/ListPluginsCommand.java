package dev.orthant.cli;

import com.google.inject.Inject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code orthant plugins list}. */
@Command(name = "list", description = "List what a configuration file can name, with its paper.")
final class ListPluginsCommand implements Callable<Integer> {

  private final Console console;
  private final PluginFolders plugins;

  @Mixin private PluginListing listing = new PluginListing();

  @Inject
  ListPluginsCommand(Console console, PluginFolders plugins) {
    this.console = console;
    this.plugins = plugins;
  }

  @Override
  public Integer call() {
    listing.print(plugins.catalog(), console.out());
    return ExitCode.OK;
  }
}
