package dev.orthant.core.merge;

import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.spi.MergerTraits;
import dev.orthant.core.spi.MergerTraits.Need;
import dev.orthant.core.spi.MergerTraits.Space;
import dev.orthant.core.spi.ShapeMismatchException;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks for everything that is in the way of a merge before it starts. */
final class MergeChecks {

  private static final String WEIGHT = ".weight";

  private final String merger;
  private final MergerTraits traits;
  private final Space space;
  private final List<String> problems = new ArrayList<>();
  private final List<ShapeMismatchException> shapes = new ArrayList<>();

  MergeChecks(String merger, MergerTraits traits, Space space) {
    this.merger = merger;
    this.traits = traits;
    this.space = space;
  }

  /** The tensor of a module's weights. */
  static String tensorOf(String module) {
    return module + WEIGHT;
  }

  /** The module of a tensor, or the tensor's own name if it is no module's weights. */
  static String moduleOf(String tensor) {
    return tensor.endsWith(WEIGHT)
        ? tensor.substring(0, tensor.length() - WEIGHT.length())
        : tensor;
  }

  /** Whether the task will be known to those who use the result, which may not be changed then. */
  void taskIds(boolean known, boolean changedAfter) {
    if (!traits.needs().contains(Need.TASK_ID)) {
      return;
    }
    if (!known) {
      problems.add("its result depends on the task at hand and is not one model");
    }
    if (changedAfter) {
      problems.add("its masks are those of the merged delta, which nothing may change afterwards");
    }
  }

  /** Whether the run has a model and unlabelled data to try deltas with. */
  void trial(boolean there) {
    if (traits.needs().contains(Need.UNLABELLED_DATA) && !there) {
      problems.add("it needs unlabelled data, which this run does not have");
    }
  }

  void adapters(List<AdapterInput> inputs, @Nullable TensorSource base) {
    common(
        inputs.stream().map(AdapterInput::name).toList(),
        inputs.stream().map(AdapterInput::weight).toList(),
        base);
    if (inputs.isEmpty()) {
      refuse();
      return;
    }
    Set<String> modules = new LinkedHashSet<>();
    inputs.forEach(input -> modules.addAll(input.deltas().keySet()));
    if (modules.isEmpty()) {
      problems.add("the inputs adapt no module");
    }
    for (AdapterInput input : inputs) {
      missing("module", input.name(), modules, input.deltas().keySet());
      statistics(input.name(), input.statistics(), modules);
      fisher(input.name(), input.fisher().keySet(), modules);
      factors(input);
    }
    for (String module : modules) {
      long[] expected = null;
      String owner = "the base";
      if (base != null) {
        if (base.names().contains(tensorOf(module))) {
          expected = base.info(tensorOf(module)).shape();
        } else {
          problems.add("the base has no tensor '" + tensorOf(module) + "'");
        }
      }
      for (AdapterInput input : inputs) {
        Delta delta = input.deltas().get(module);
        if (delta == null) {
          continue;
        }
        if (expected == null) {
          expected = delta.shape();
          owner = "'" + input.name() + "'";
        }
        shape(tensorOf(module), owner, expected, input.name(), delta.shape());
      }
    }
    refuse();
  }

  void checkpoints(List<CheckpointInput> inputs, @Nullable TensorSource base) {
    common(
        inputs.stream().map(CheckpointInput::name).toList(),
        inputs.stream().map(CheckpointInput::weight).toList(),
        base);
    if (inputs.isEmpty()) {
      refuse();
      return;
    }
    if (space != Space.FULL) {
      problems.add(
          "the space %s is made of adapters, and the inputs are models".formatted(word(space)));
    }
    if (traits.needs().contains(Need.TASK_VECTORS) && base == null) {
      problems.add("it works on differences from a base model, and no base is given");
    }
    if (traits.needs().contains(Need.FACTORS)) {
      problems.add("it works on the factors of adapters, and the inputs are models");
    }
    TensorSource model = base == null ? inputs.get(0).tensors() : base;
    String owner = base == null ? "'" + inputs.get(0).name() + "'" : "the base";
    for (CheckpointInput input : inputs) {
      Set<String> names = input.tensors().names();
      missing("tensor", input.name(), model.names(), names);
      Set<String> extra = new LinkedHashSet<>(names);
      extra.removeAll(model.names());
      if (!extra.isEmpty()) {
        problems.add(
            "input '%s' has tensors that %s has not: %s"
                .formatted(input.name(), owner, listed(extra)));
      }
      for (String name : model.names()) {
        if (names.contains(name)) {
          shape(
              name,
              owner,
              model.info(name).shape(),
              input.name(),
              input.tensors().info(name).shape());
        }
      }
      Set<String> merged = new LinkedHashSet<>();
      model.names().stream().filter(n -> model.info(n).dtype().isFloat()).forEach(merged::add);
      fisher(input.name(), input.fisher().keySet(), merged);
      if (traits.needs().contains(Need.GRAM) && input.statistics().isEmpty()) {
        problems.add("it needs statistics, and input '" + input.name() + "' has none");
      }
    }
    refuse();
  }

  private void common(List<String> names, List<Double> weights, @Nullable TensorSource base) {
    int count = names.size();
    if (count < traits.minInputs() || count > traits.maxInputs()) {
      problems.add("it takes %s, were %d".formatted(inputRange(), count));
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < count; i++) {
      if (!seen.add(names.get(i))) {
        problems.add("two inputs are called '" + names.get(i) + "'");
      }
      if (!Double.isFinite(weights.get(i))) {
        problems.add(
            "the weight of input '%s' must be finite, was %s"
                .formatted(names.get(i), weights.get(i)));
      } else if (!traits.weighted() && weights.get(i) != 1) {
        problems.add(
            "it takes no weights, and input '%s' has %s; leave it out"
                .formatted(names.get(i), weights.get(i)));
      }
    }
    if (!traits.spaces().contains(space)) {
      problems.add("it does not work in the space %s".formatted(word(space)));
    }
    if (traits.needs().contains(Need.BASE) && base == null) {
      problems.add("it needs the base model's weights, and none are given");
    }
  }

  private static String word(Space space) {
    return "'" + space.name().toLowerCase(Locale.ROOT) + "'";
  }

  private String inputRange() {
    int min = traits.minInputs();
    int max = traits.maxInputs();
    if (min == max) {
      return "exactly %d input%s".formatted(min, min == 1 ? "" : "s");
    }
    return max == Integer.MAX_VALUE
        ? "at least %d input%s".formatted(min, min == 1 ? "" : "s")
        : "%d to %d inputs".formatted(min, max);
  }

  private void missing(String kind, String input, Set<String> all, Set<String> there) {
    Set<String> missing = new LinkedHashSet<>(all);
    missing.removeAll(there);
    if (!missing.isEmpty()) {
      problems.add(
          "input '%s' lacks the %s%s %s"
              .formatted(input, kind, missing.size() == 1 ? "" : "s", listed(missing)));
    }
  }

  private void statistics(
      String input, Map<String, FeatureStatistics> statistics, Set<String> modules) {
    if (!traits.needs().contains(Need.GRAM)) {
      return;
    }
    Set<String> missing = new LinkedHashSet<>(modules);
    missing.removeAll(statistics.keySet());
    if (!missing.isEmpty()) {
      problems.add(
          "it needs statistics, and input '%s' has none of %s".formatted(input, listed(missing)));
    }
  }

  private void fisher(String input, Set<String> there, Set<String> merged) {
    if (!traits.needs().contains(Need.FISHER) && !traits.needs().contains(Need.FISHER_BATCH_SUM)) {
      return;
    }
    Set<String> missing = new LinkedHashSet<>(merged);
    missing.removeAll(there);
    if (!missing.isEmpty()) {
      problems.add(
          "it needs Fisher information, and input '%s' has none of %s"
              .formatted(input, listed(missing)));
    }
  }

  private void factors(AdapterInput input) {
    if (!traits.needs().contains(Need.FACTORS)) {
      return;
    }
    Set<String> dense = new LinkedHashSet<>();
    input
        .deltas()
        .forEach(
            (module, delta) -> {
              if (delta.shape().length == 2 && !(delta instanceof LoraDelta)) {
                dense.add(module);
              }
            });
    if (!dense.isEmpty()) {
      problems.add(
          "it works on factors, and input '%s' has none of %s"
              .formatted(input.name(), listed(dense)));
    }
  }

  private void shape(String tensor, String owner, long[] expected, String input, long[] actual) {
    if (!Arrays.equals(expected, actual)) {
      shapes.add(new ShapeMismatchException(tensor, expected, actual));
      problems.add(
          "tensor '%s' has shape %s in input '%s' and %s in %s"
              .formatted(tensor, Arrays.toString(actual), input, Arrays.toString(expected), owner));
    }
  }

  private void refuse() {
    if (problems.size() == 1 && shapes.size() == 1) {
      throw shapes.get(0);
    }
    if (!problems.isEmpty()) {
      throw new MergeRefusedException(merger, problems);
    }
  }

  private static String listed(Set<String> names) {
    return String.join(", ", names.stream().map(name -> "'" + name + "'").toList());
  }
}
