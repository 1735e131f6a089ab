package dev.orthant.core.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.plugin.Catalog;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a run, as a YAML file has it.
 *
 * @param base the model that everything starts from
 * @param tasks the tasks; at least one
 * @param adapters the adapters to train on each task
 * @param constraint what constrains the adapters that say so and have none of their own, or null
 * @param training how adapters are trained; decoded by the trainer
 * @param mergers the mergers to compare
 * @param evaluation how results are measured
 * @param seed what all random numbers of the run are derived from
 * @param seeds what a suite repeats trainings and merges with, while {@code seed} draws the rows;
 *     empty for {@code seed} alone
 * @param output the folder of the results
 * @param plugins folders of plug-ins
 */
public record RunConfig(
    BaseSpec base,
    List<TaskSpec> tasks,
    @Default("[]") List<AdapterSpec> adapters,
    @Nullable ConstraintSpec constraint,
    @Default("{}") ObjectNode training,
    @Default("[]") List<MergerSpec> mergers,
    EvaluationSpec evaluation,
    @Default("42") long seed,
    @Default("[]") List<Long> seeds,
    @Default("out") Path output,
    @Default("[]") List<Path> plugins) {

  /**
   * Refuses no tasks, names or seeds given twice, comparisons of adapters that are not there, and
   * constrained adapters without a constraint.
   */
  public RunConfig {
    tasks = List.copyOf(tasks);
    adapters = List.copyOf(adapters);
    mergers = List.copyOf(mergers);
    plugins = List.copyOf(plugins);
    seeds = List.copyOf(seeds);
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException("tasks must have at least one, has none");
    }
    SpecNames.checkUnique("tasks", tasks.stream().map(TaskSpec::name).toList());
    SpecNames.checkUnique("adapters", adapters.stream().map(AdapterSpec::name).toList());
    SpecNames.checkUnique("mergers", mergers.stream().map(MergerSpec::name).toList());
    SpecNames.checkUnique("seeds", seeds.stream().map(String::valueOf).toList());
    for (EvaluationSpec.Comparison comparison : evaluation.comparisons()) {
      checkCompared(comparison.adapter(), adapters);
      checkCompared(comparison.against(), adapters);
    }
    for (AdapterSpec adapter : adapters) {
      if (adapter.constrained() && adapter.constraint() == null && constraint == null) {
        throw new IllegalArgumentException(
            "constraint must be there, adapter '%s' is to be constrained"
                .formatted(adapter.name()));
      }
    }
  }

  /**
   * Reads a file and the files of its tasks; relative paths, the base model's included, are
   * resolved against the folder of the file that has them.
   *
   * @throws ConfigurationException with all problems
   */
  public static RunConfig read(Path file, ConfigDecoder decoder) {
    RunConfig run = decoder.decode(file, RunConfig.class, null);
    Path parent = file.toAbsolutePath().normalize().getParent();
    return run.withTasks(run.tasks.stream().map(task -> task.resolved(decoder)).toList())
        .withBase(run.base.resolvedAgainst(parent));
  }

  /**
   * What constrains an adapter: its own constraint, or the run's if it is marked so, or nothing.
   */
  public Optional<ConstraintSpec> constraintOf(AdapterSpec adapter) {
    ConstraintSpec own = adapter.constraint();
    return Optional.ofNullable(own == null && adapter.constrained() ? constraint : own);
  }

  /** The seeds of a suite, {@code seed} if none are given. */
  public List<Long> suiteSeeds() {
    return seeds.isEmpty() ? List.of(seed) : seeds;
  }

  /** The same run with another seed. */
  public RunConfig withSeed(long other) {
    return new RunConfig(
        base,
        tasks,
        adapters,
        constraint,
        training,
        mergers,
        evaluation,
        other,
        seeds,
        output,
        plugins);
  }

  private RunConfig withTasks(List<TaskSpec> others) {
    return new RunConfig(
        base,
        others,
        adapters,
        constraint,
        training,
        mergers,
        evaluation,
        seed,
        seeds,
        output,
        plugins);
  }

  /** The same run of another base model. */
  public RunConfig withBase(BaseSpec other) {
    return new RunConfig(
        other,
        tasks,
        adapters,
        constraint,
        training,
        mergers,
        evaluation,
        seed,
        seeds,
        output,
        plugins);
  }

  /**
   * Checks that every component exists and that its own configuration decodes, for every value of
   * the grids.
   *
   * @param source the file's name, for the message
   * @throws ConfigurationException with all problems
   */
  public void validate(Catalog catalog, ConfigDecoder decoder, String source) {
    List<Problem> problems = new ComponentCheck(catalog, decoder).problemsOf(this);
    if (!problems.isEmpty()) {
      throw new ConfigurationException(source, problems);
    }
  }

  private static void checkCompared(String name, List<AdapterSpec> adapters) {
    List<String> names = adapters.stream().map(AdapterSpec::name).toList();
    if (!names.contains(name)) {
      throw new IllegalArgumentException(
          "evaluation.comparisons must name adapters, '%s' is none of %s".formatted(name, names));
    }
  }
}
