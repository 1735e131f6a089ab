package dev.orthant.cli;

import com.google.inject.Inject;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.plugin.Kind;
import dev.orthant.core.plugin.PluginDescriptor;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orthant plugins new}: a Maven project with a working plug-in to change. */
@Command(
    name = "new",
    description = "Write a Maven project with a plug-in of this name that builds, to be changed.")
final class NewPluginCommand implements Callable<Integer> {

  private final Console console;
  private final PluginFolders plugins;

  @Parameters(paramLabel = "NAME", description = "What configuration files will call it.")
  private String name = "";

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "What it is: ${COMPLETION-CANDIDATES}; default: merger.")
  private Kind kind = Kind.MERGER;

  @Option(
      names = "--package",
      paramLabel = "NAME",
      description = "Its Java package; default: org.example and the name.")
  private @Nullable String packageName;

  @Option(
      names = "--output",
      paramLabel = "FOLDER",
      description = "The folder to write; default: the name, here.")
  private @Nullable Path output;

  @Option(names = "--force", description = "Replace the folder if it exists.")
  private boolean force;

  @Inject
  NewPluginCommand(Console console, PluginFolders plugins) {
    this.console = console;
    this.plugins = plugins;
  }

  @Override
  public Integer call() {
    PluginProject project = PluginProject.of(kind, name, packageName);
    requireFree(plugins.catalog());
    Path folder = output == null ? Path.of(name) : output;
    project.write(folder, force);
    PrintWriter out = console.out();
    out.println(folder);
    out.println();
    out.println("Build it, and put it where Orthant finds it:");
    out.printf("  cd %s && mvn package%n", folder);
    out.printf("  mkdir -p ~/.orthant/plugins/%s%n", name);
    out.printf("  cp target/%s ~/.orthant/plugins/%s/%n", project.jarName(), name);
    out.printf("  orthant plugins describe %s%n", name);
    return ExitCode.OK;
  }

  private void requireFree(Catalog catalog) {
    for (PluginDescriptor plugin : catalog.descriptors()) {
      if (plugin.kind() == kind && plugin.name().equals(name)) {
        throw new IllegalArgumentException(
            "there is a %s '%s' already, in %s: choose another name"
                .formatted(kind, name, plugin.jar()));
      }
    }
  }
}
