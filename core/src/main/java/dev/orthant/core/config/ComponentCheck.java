package dev.orthant.core.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.plugin.Kind;
import dev.orthant.core.plugin.UnknownPluginException;
import dev.orthant.core.spi.Component;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.MergerTraits.Space;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks the components that a run names, and their configurations, against a catalog. */
final class ComponentCheck {

  private static final String TYPE = "type";
  private static final String SOURCE = "source";

  private final Catalog catalog;
  private final ConfigDecoder decoder;

  ComponentCheck(Catalog catalog, ConfigDecoder decoder) {
    this.catalog = catalog;
    this.decoder = decoder;
  }

  List<Problem> problemsOf(RunConfig run) {
    List<Problem> problems = new ArrayList<>();
    for (int i = 0; i < run.tasks().size(); i++) {
      TaskSpec task = run.tasks().get(i);
      String path = "tasks[" + i + "]";
      task.component()
          .ifPresent(
              source ->
                  check(Kind.TASK, source, path, task.type() == null ? SOURCE : TYPE, problems));
    }
    for (int i = 0; i < run.adapters().size(); i++) {
      AdapterSpec adapter = run.adapters().get(i);
      String path = "adapters[" + i + "]";
      check(Kind.ADAPTER, adapter, path, problems);
      if (adapter.constraint() != null) {
        check(Kind.CONSTRAINT, adapter.constraint(), path + ".constraint", problems);
      }
    }
    if (run.constraint() != null) {
      check(Kind.CONSTRAINT, run.constraint(), "constraint", problems);
    }
    for (int i = 0; i < run.mergers().size(); i++) {
      MergerSpec merger = run.mergers().get(i);
      String path = "mergers[" + i + "]";
      check(Kind.MERGER, merger, path, problems);
      checkAll(merger.before(), path + ".before", problems);
      checkAll(merger.after(), path + ".after", problems);
    }
    return problems;
  }

  private void checkAll(List<TransformSpec> specs, String path, List<Problem> problems) {
    for (int i = 0; i < specs.size(); i++) {
      check(Kind.TRANSFORM, specs.get(i), path + "[" + i + "]", problems);
    }
  }

  private void check(Kind kind, ComponentSpec spec, String path, List<Problem> problems) {
    check(kind, spec, path, TYPE, problems);
  }

  private void check(
      Kind kind, ComponentSpec spec, String path, String typeKey, List<Problem> problems) {
    Component<?> component;
    try {
      component = catalog.get(kind, spec.type());
    } catch (UnknownPluginException e) {
      problems.add(new Problem(path + "." + typeKey, String.valueOf(e.getMessage())));
      return;
    }
    List<Problem> own = problemsOf(spec, component);
    own.forEach(problem -> problems.add(problem.under(path)));
    if (spec instanceof MergerSpec merger && own.isEmpty()) {
      checkSpace((MergerFactory<?>) component, merger, path, problems);
      merger
          .grid()
          .forEach((key, values) -> checkGrid(merger, component, key, values, path, problems));
    }
  }

  private void checkGrid(
      MergerSpec merger,
      Component<?> component,
      String key,
      List<JsonNode> values,
      String path,
      List<Problem> problems) {
    Set<String> told = new HashSet<>(); // an unknown key is told once, not for every value
    for (int i = 0; i < values.size(); i++) {
      String index = "[" + i + "]";
      MergerSpec single = merger.withOnly(key, values.get(i));
      for (Problem problem : problemsOf(single.candidates().get(0), component)) {
        if (!told.add(problem.message())) {
          continue;
        }
        boolean isKey = problem.path().equals(key);
        problems.add(
            isKey
                ? new Problem(path + ".grid." + key + index, problem.message())
                : problem.under(path + ".grid"));
      }
    }
  }

  private <C extends Record> void checkSpace(
      MergerFactory<C> factory, MergerSpec merger, String path, List<Problem> problems) {
    Set<Space> spaces = factory.traits(merger.config(factory, decoder)).spaces();
    if (!spaces.contains(merger.space())) {
      problems.add(
          new Problem(
              path + ".space",
              "must be one of %s for '%s', was %s"
                  .formatted(
                      String.join(", ", spaces.stream().sorted().map(KeyNames::word).toList()),
                      merger.type(),
                      KeyNames.word(merger.space()))));
    }
  }

  private List<Problem> problemsOf(ComponentSpec spec, Component<?> component) {
    try {
      spec.config(component, decoder);
      return List.of();
    } catch (ConfigurationException e) {
      return e.problems();
    }
  }
}
