package dev.orthant.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.inject.Guice;
import dev.orthant.cli.OrthantCli;
import dev.orthant.core.config.ConfigSchema;
import dev.orthant.core.config.RunConfig;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.plugin.PluginDescriptor;
import dev.orthant.core.train.TrainingConfig;
import dev.orthant.core.wiring.OrthantModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What the page for people from elsewhere says that Orthant has, it has. */
final class MigrationTest {

  private static final Pattern CODE =
      Pattern.compile("`(-{0,2}[a-z][a-z0-9_-]*(?:: [a-z0-9-]+)?)`");

  @Test
  void rightColumnsNameKeysMethodsAndOptionsThatExist() throws IOException {
    Catalog catalog =
        Guice.createInjector(OrthantModule.builder().build()).getInstance(Catalog.class);
    Set<String> known = new TreeSet<>();
    catalog.descriptors().stream().map(PluginDescriptor::name).forEach(known::add);
    keys(
        new ConfigSchema(catalog, Map.of("training", TrainingConfig.defaults()))
            .of(RunConfig.class, "study", List.of()),
        known);
    options(OrthantCli.model(), known);

    List<String> unknown = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("migration.md"))) {
      String[] cells = line.split("(?<!\\\\)\\|");
      if (cells.length == 3 && !cells[2].startsWith("-")) {
        CODE.matcher(cells[2])
            .results()
            .map((MatchResult code) -> code.group(1))
            .filter(code -> !exists(code, known))
            .forEach(code -> unknown.add(line + ": " + code));
      }
    }

    assertThat(unknown).isEmpty();
  }

  private static boolean exists(String code, Set<String> known) {
    String[] keyAndValue = code.split(": ");
    return known.contains(keyAndValue[0])
        && (!keyAndValue[0].equals("type")
            || keyAndValue.length == 1
            || known.contains(keyAndValue[1]));
  }

  private static void keys(JsonNode node, Set<String> known) {
    node.path("properties").fieldNames().forEachRemaining(known::add);
    node.forEach(child -> keys(child, known));
  }

  private static void options(CommandSpec command, Set<String> known) {
    for (OptionSpec option : command.options()) {
      known.addAll(List.of(option.names()));
    }
    command.subcommands().values().forEach(inner -> options(inner.getCommandSpec(), known));
  }
}
