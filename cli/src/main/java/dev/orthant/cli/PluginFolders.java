package dev.orthant.cli;

import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.plugin.PluginDiscovery;
import dev.orthant.core.plugin.PluginException;
import dev.orthant.core.wiring.OrthantModule;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Where plug-ins are looked for beside the class path: the folders of {@code --plugins}, those of
 * {@code ORTHANT_PLUGINS}, {@code ~/.orthant/plugins} if it is there, and those of the
 * configuration file, in this order. A folder named in several ways counts once. No place wins over
 * another: two plug-ins of one kind and name are refused, wherever they are.
 */
final class PluginFolders {

  /** A list of folders, separated as the platform separates paths. */
  static final String VARIABLE = "ORTHANT_PLUGINS";

  private final Map<String, String> environment;
  private final Path userHome;
  private List<Path> commandLine = List.of();

  PluginFolders(Map<String, String> environment, Path userHome) {
    this.environment = environment;
    this.userHome = userHome;
  }

  /** What {@code --plugins} gave; told before a command runs. */
  void commandLine(List<Path> folders) {
    commandLine = List.copyOf(folders);
  }

  /**
   * The folders of this command.
   *
   * @param configured those of the configuration file
   * @throws PluginException if one is not there, saying who named it
   */
  List<Path> with(List<Path> configured) {
    Map<Path, Path> folders = new LinkedHashMap<>();
    add(folders, commandLine, "--plugins");
    add(folders, ofEnvironment(), VARIABLE);
    Path home = userHome.resolve(".orthant").resolve("plugins");
    add(folders, Files.isDirectory(home) ? List.of(home) : List.of(), "the home folder");
    add(folders, configured, "plugins of the configuration");
    return List.copyOf(folders.values());
  }

  /** What an injector is made of, with the plug-ins of these folders. */
  OrthantModule module(List<Path> configured) {
    return OrthantModule.builder().pluginFolders(with(configured)).build();
  }

  /** All components there are without a configuration file. */
  Catalog catalog() {
    ClassLoader host = PluginFolders.class.getClassLoader();
    return new Catalog(new PluginDiscovery(host, with(List.of())).discover(), List.of());
  }

  private List<Path> ofEnvironment() {
    List<Path> folders = new ArrayList<>();
    for (String folder :
        environment.getOrDefault(VARIABLE, "").split(Pattern.quote(File.pathSeparator))) {
      if (!folder.isBlank()) {
        folders.add(Path.of(folder));
      }
    }
    return folders;
  }

  private static void add(Map<Path, Path> folders, List<Path> more, String namedBy) {
    for (Path folder : more) {
      if (!Files.isDirectory(folder)) {
        throw new PluginException(
            "%s: there is no such plug-in folder (%s)".formatted(folder, namedBy));
      }
      folders.putIfAbsent(folder.toAbsolutePath().normalize(), folder);
    }
  }
}
