package dev.orthant.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.inject.Guice;
import com.google.inject.Inject;
import dev.orthant.core.checkpoint.AtomicFile;
import dev.orthant.core.config.AdapterSpec;
import dev.orthant.core.config.ConfigEncoder;
import dev.orthant.core.config.MergerSpec;
import dev.orthant.core.config.RunConfig;
import dev.orthant.core.merge.recipe.InputSpec;
import dev.orthant.core.merge.recipe.MergeConfig;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.eval.search.Dimension;
import dev.orthant.eval.search.Search;
import dev.orthant.eval.search.SearchSpace;
import dev.orthant.eval.study.SearchStep;
import dev.orthant.eval.study.Study;
import dev.orthant.eval.study.StudyTask;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orthant search}: a merger's best settings. */
@Command(
    name = "search",
    description = {
      "Search the settings of a merger, and weights of the tasks, for the best scores on the "
          + "validation rows of a study whose adapters are trained.",
      "An interrupted search goes on where it was; one with more trials repeats none."
    })
final class SearchCommand implements Callable<Integer> {

  private static final int SHOWN = 5;

  private final Console console;
  private final StudyRunner runner;
  private final PluginFolders plugins;

  @Parameters(paramLabel = "FILE", description = "The configuration of the study, YAML or JSON.")
  private Path file = Path.of("");

  @Option(
      names = "--merger",
      required = true,
      paramLabel = "NAME",
      description = "A merger of the configuration, or the type of another.")
  private String merger = "";

  @Option(
      names = "--adapter",
      paramLabel = "NAME",
      description = "An adapter of the configuration; default: the only one.")
  private @Nullable String adapter;

  @Option(
      names = "--try",
      required = true,
      paramLabel = "KEY=VALUES",
      description = {
        "What to search: LOW:HIGH, LOW:HIGH:log, or VALUE,VALUE,... for a key of the merger, for "
            + "space, or for weight.TASK. May be repeated.",
        "For example --try density=0.1:0.9 --try lambda=0.2:2:log --try space=full,core"
      })
  private List<String> tried = List.of();

  @Option(names = "--trials", paramLabel = "N", description = "At most so many; default: 30.")
  private int trials = 30;

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      description = "bayes (the default), sobol or grid.")
  private MethodName method = MethodName.bayes;

  @Option(
      names = "--objective",
      paramLabel = "WHAT",
      description =
          "mean: the mean score of the tasks (the default); worst: the least score, as a share of "
              + "the task's own adapter's.")
  private ObjectiveName objective = ObjectiveName.mean;

  /** As it is typed. */
  enum MethodName {
    bayes,
    sobol,
    grid
  }

  /** As it is typed. */
  enum ObjectiveName {
    mean,
    worst
  }

  @Inject
  SearchCommand(Console console, StudyRunner runner, PluginFolders plugins) {
    this.console = console;
    this.runner = runner;
    this.plugins = plugins;
  }

  @Override
  public Integer call() throws IOException {
    if (trials < 1) {
      throw new MisuseException("--trials must be at least 1, was " + trials);
    }
    runner.run(
        file, "timings-search.json", (study, times) -> times.time("search", () -> search(study)));
    return ExitCode.OK;
  }

  private void search(Study study) {
    RunConfig run = study.run();
    AdapterSpec chosen = named("adapter", adapter, run.adapters(), AdapterSpec::name);
    MergerSpec spec = spec(run);
    SearchSpace space = space(spec, run);
    SearchStep step =
        new SearchStep(
            study,
            chosen,
            spec,
            space,
            SearchStep.Objective.valueOf(objective.name().toUpperCase(Locale.ROOT)));
    Search.Method by = Search.Method.valueOf(method.name().toUpperCase(Locale.ROOT));
    SearchStep.Found found = step.run(new Search(space, by, trials, run.seed()));
    Path folder = study.layout().root().resolve("search");
    String name = spec.name() + "-" + chosen.name();
    AtomicFile.write(folder.resolve(name + ".json"), Json.pretty(tree(found)) + "\n");
    Path recipe = folder.resolve(name + ".yaml");
    AtomicFile.write(recipe, recipe(study, chosen, found, folder));
    print(found, recipe);
  }

  /** The one of a name; without a name, the only one. */
  private static <T> T named(
      String kind, @Nullable String name, List<T> all, Function<T, String> naming) {
    List<String> names = all.stream().map(naming).toList();
    if (name == null && all.size() == 1) {
      return all.get(0);
    }
    if (name == null) {
      throw new MisuseException("--%s needs one of %s".formatted(kind, String.join(", ", names)));
    }
    if (!names.contains(name)) {
      throw new MisuseException(
          "--%s '%s' is none of %s".formatted(kind, name, String.join(", ", names)));
    }
    return all.get(names.indexOf(name));
  }

  /** The merger as it is configured, without what is searched and without its grid. */
  private MergerSpec spec(RunConfig run) {
    for (MergerSpec spec : run.mergers()) {
      if (spec.name().equals(merger)) {
        ObjectNode settings = spec.settings().deepCopy();
        tried.forEach(text -> settings.remove(text.replaceFirst("=.*", "")));
        return new MergerSpec(
            spec.name(),
            spec.type(),
            Map.of(),
            false,
            spec.space(),
            spec.before(),
            spec.after(),
            settings);
      }
    }
    return new MergerSpec(merger, merger, Map.of(), JsonNodeFactory.instance.objectNode());
  }

  private SearchSpace space(MergerSpec spec, RunConfig run) {
    Catalog catalog =
        Guice.createInjector(plugins.module(run.plugins())).getInstance(Catalog.class);
    ObjectNode defaults = new ConfigEncoder().toNode(catalog.merger(spec.type()).defaults());
    List<Dimension> dimensions = new ArrayList<>();
    for (String text : tried) {
      try {
        boolean whole = defaults.path(text.replaceFirst("=.*", "")).isIntegralNumber();
        dimensions.add(Dimension.parse(text, whole));
      } catch (IllegalArgumentException e) {
        throw new MisuseException("--try: " + e.getMessage());
      }
    }
    return new SearchSpace(dimensions);
  }

  private static ObjectNode tree(SearchStep.Found found) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.set("best", tree(found.best()));
    ArrayNode all = root.putArray("trials");
    found.trials().forEach(trial -> all.add(tree(trial)));
    return root;
  }

  private static ObjectNode tree(Search.Trial trial) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("value", trial.value());
    trial.settings().forEach(node.putObject("settings")::set);
    return node;
  }

  /** A merge file that makes what was best. */
  private static String recipe(
      Study study, AdapterSpec adapter, SearchStep.Found found, Path folder) {
    List<InputSpec> inputs = new ArrayList<>();
    for (StudyTask task : study.tasks()) {
      Path expert = study.adapterFolder(task, adapter).toAbsolutePath();
      inputs.add(
          new InputSpec(
              folder.toAbsolutePath().relativize(expert).toString(),
              task.name(),
              found.weights().get(inputs.size()),
              null,
              null,
              JsonNodeFactory.instance.objectNode()));
    }
    MergeConfig config =
        new MergeConfig(
            null,
            List.of(),
            inputs,
            found.merger(),
            false,
            null,
            null,
            study.run().seed(),
            null,
            null,
            null,
            null,
            study.run().plugins());
    return new ConfigEncoder().toYaml(config);
  }

  private void print(SearchStep.Found found, Path recipe) {
    console.out().printf("value    settings%n");
    found.trials().stream()
        .sorted(Comparator.comparingDouble(Search.Trial::value).reversed())
        .limit(SHOWN)
        .forEach(t -> console.out().printf(Locale.ROOT, "%7.3f  %s%n", 100 * t.value(), words(t)));
    console
        .out()
        .printf("%d trials. The best as a merge file: %s%n", found.trials().size(), recipe);
    console.out().flush();
  }

  private static String words(Search.Trial trial) {
    StringJoiner words = new StringJoiner(" ");
    for (Map.Entry<String, JsonNode> entry : trial.settings().entrySet()) {
      words.add(entry.getKey() + "=" + entry.getValue().asText());
    }
    return words.toString();
  }
}
