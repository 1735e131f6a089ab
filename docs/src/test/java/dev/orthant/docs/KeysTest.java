package dev.orthant.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.inject.Guice;
import dev.orthant.core.config.ConfigSchema;
import dev.orthant.core.config.RunConfig;
import dev.orthant.core.merge.recipe.MergeConfig;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.plugin.Kind;
import dev.orthant.core.train.TrainingConfig;
import dev.orthant.core.wiring.OrthantModule;
import dev.orthant.docs.site.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every key that a file may have, by its JSON Schema, is on the page that explains the file. */
final class KeysTest {

  private final Catalog catalog =
      Guice.createInjector(OrthantModule.builder().build()).getInstance(Catalog.class);
  private final ConfigSchema schemas =
      new ConfigSchema(catalog, Map.of("training", TrainingConfig.defaults()));

  @Test
  void theKeysOfAStudyAreExplained() throws IOException {
    ObjectNode study = schemas.of(RunConfig.class, "study", List.of());
    Set<String> keys = new TreeSet<>();
    collect(study.deepCopy().without("$defs"), keys);
    for (Kind kind : List.of(Kind.ADAPTER, Kind.CONSTRAINT, Kind.MERGER)) {
      keys.addAll(common(study, kind));
    }
    collect(study.at("/$defs/task-of-rows"), keys);

    assertThat(missing(keys, text("configuration.md"))).isEmpty();
  }

  @Test
  void theKeysOfAMergeFileAreExplained() throws IOException {
    ObjectNode merge = schemas.of(MergeConfig.class, "merge", List.of());
    Set<String> keys = new TreeSet<>();
    collect(merge.deepCopy().without("$defs"), keys);

    assertThat(missing(keys, text("merging.md"))).isEmpty();
  }

  @Test
  void theKeysOfEachComponentAreOnItsPage() throws IOException {
    ObjectNode study = schemas.of(RunConfig.class, "study", List.of());
    List<String> unexplained = new ArrayList<>();
    for (Kind kind : List.of(Kind.ADAPTER, Kind.CONSTRAINT, Kind.MERGER, Kind.TRANSFORM)) {
      Set<String> common = common(study, kind);
      for (String name : catalog.names(kind)) {
        Set<String> own = new TreeSet<>(names(definition(study, kind, name)));
        own.removeAll(common);
        missing(own, withLinked(Path.of("methods", name + ".md")))
            .forEach(key -> unexplained.add(kind.label() + " " + name + ": " + key));
      }
    }

    assertThat(unexplained).isEmpty();
  }

  /** What all of a kind have. */
  private Set<String> common(JsonNode study, Kind kind) {
    Set<String> common = new TreeSet<>();
    for (String name : catalog.names(kind)) {
      Set<String> keys = names(definition(study, kind, name));
      if (common.isEmpty()) {
        common.addAll(keys);
      }
      common.retainAll(keys);
    }
    return common;
  }

  private static JsonNode definition(JsonNode study, Kind kind, String name) {
    return study.at("/$defs/" + kind.label() + "-" + name);
  }

  private static Set<String> names(JsonNode definition) {
    Set<String> names = new TreeSet<>();
    definition.path("properties").fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static void collect(JsonNode schema, Set<String> keys) {
    keys.addAll(names(schema));
    schema.path("properties").forEach(property -> collect(property, keys));
    if (schema.has("items")) {
      collect(schema.get("items"), keys);
    }
    schema.path("anyOf").forEach(choice -> collect(choice, keys));
  }

  private static List<String> missing(Set<String> keys, String text) {
    return keys.stream()
        .filter(key -> !Pattern.compile("(?<![\\w-])" + key + "(?![\\w-])").matcher(text).find())
        .toList();
  }

  /** A page with those that it leads to for what it has in common with them. */
  private static String withLinked(Path path) throws IOException {
    Page page = Page.read(path);
    StringBuilder text = new StringBuilder(text(path.toString()));
    for (String target : page.targets()) {
      Path file = path.resolveSibling(target.replaceFirst("#.*", ""));
      if (!target.contains("://") && target.contains(".md") && Files.isRegularFile(file)) {
        text.append(Files.readString(file));
      }
    }
    return text.toString();
  }

  private static String text(String page) throws IOException {
    return Files.readString(Path.of(page));
  }
}
