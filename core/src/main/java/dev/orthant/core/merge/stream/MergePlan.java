package dev.orthant.core.merge.stream;

import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.checkpoint.ShardLayout;
import dev.orthant.core.spi.DeltaTransform;
import dev.orthant.core.spi.ElementMerger;
import dev.orthant.core.spi.Merger;
import dev.orthant.core.spi.MergerTraits;
import dev.orthant.core.spi.MergerTraits.Granularity;
import dev.orthant.core.stats.FeatureStatistics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a merge will do, tensor by tensor, with everything that configuration and models had to say
 * resolved.
 *
 * @param outputs the tensors of the result, in order
 * @param rules the rules that outputs refer to by their place in this list
 * @param seed of all random numbers
 * @param sideFiles what is read beside the models, such as statistics
 */
public record MergePlan(List<Output> outputs, List<Rule> rules, long seed, List<Path> sideFiles) {

  /** Copies the lists. */
  public MergePlan {
    outputs = List.copyOf(outputs);
    rules = List.copyOf(rules);
    sideFiles = List.copyOf(sideFiles);
  }

  /** A plan that reads models alone. */
  public MergePlan(List<Output> outputs, List<Rule> rules, long seed) {
    this(outputs, rules, seed, List.of());
  }

  /** The same plan, which reads these files as well. */
  public MergePlan reading(List<Path> files) {
    return new MergePlan(outputs, rules, seed, files);
  }

  /** A plan of nothing. */
  public static MergePlan empty(long seed) {
    return new MergePlan(List.of(), List.of(), seed);
  }

  /** Whether rules work on arrays, so that the arrays' library is needed. */
  public boolean needsArrays() {
    return !rules.stream().allMatch(Rule::streams);
  }

  /** Which tensors do not fit the memory, one sentence for each rule. */
  public List<String> tooLarge(MergeSettings settings) {
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      Rule rule = rules.get(i);
      if (!rule.holdsTensors()) {
        continue;
      }
      Output largest = null;
      long most = 0;
      for (Output output : outputs) {
        if (output.work() instanceof Merge merge && merge.rule() == i) {
          long bytes =
              (UnitWork.slots(merge, rule) + 1L) * output.elements() * Float.BYTES
                  + MergeSettings.OVERHEAD;
          if (bytes > most) {
            most = bytes;
            largest = output;
          }
        }
      }
      if (largest != null && most > settings.memoryBytes()) {
        problems.add(
            "'%s' sees whole tensors, and '%s' takes %s with all inputs; was %s"
                .formatted(
                    rule.merger(),
                    largest.name(),
                    MergeSettings.text(most),
                    MergeSettings.text(settings.memoryBytes())));
      }
    }
    return problems;
  }

  /**
   * A tensor of the result.
   *
   * @param shape not to be modified
   */
  public record Output(String name, Dtype dtype, long[] shape, Work work) {

    ShardLayout.Entry entry() {
      return new ShardLayout.Entry(name, dtype, shape);
    }

    /** The number of elements. */
    public long elements() {
      return entry().elements();
    }
  }

  /** Where a tensor of the result comes from. */
  public sealed interface Work permits Copy, Merge {}

  /** A tensor of one model, in the element type of the result. */
  public record Copy(Part from) implements Work {}

  /**
   * A tensor merged by a rule.
   *
   * @param rule the place of the rule in the plan
   * @param inputs the inputs with their weights here, in order
   * @param base what the inputs are relative to; null for zero
   */
  public record Merge(int rule, List<Input> inputs, @Nullable Part base) implements Work {

    /** Copies the list. */
    public Merge {
      inputs = List.copyOf(inputs);
    }
  }

  /** A tensor of a model. */
  public record Part(SourceModel model, String tensor) {}

  /**
   * One input of a merge.
   *
   * @param name the input's; random numbers depend on it
   * @param statistics of its features here
   * @param fisher the diagonal Fisher information of its weights here, read when asked for
   */
  public record Input(
      String name,
      double weight,
      Part part,
      Optional<FeatureStatistics> statistics,
      Optional<Supplier<INDArray>> fisher) {

    /** An input without statistics or Fisher information. */
    public Input(String name, double weight, Part part) {
      this(name, weight, part, Optional.empty(), Optional.empty());
    }
  }

  /**
   * A rule with a configuration.
   *
   * @param merger the name of the rule
   * @param configuration all settings, for messages and to tell one plan from another
   * @param create makes the rule for one run
   * @param before what is done to the inputs' deltas
   * @param after what is done to merged deltas
   */
  public record Rule(
      String merger,
      String configuration,
      MergerTraits traits,
      Supplier<Merger> create,
      List<DeltaTransform> before,
      List<DeltaTransform> after) {

    /** Copies the lists. */
    public Rule {
      before = List.copyOf(before);
      after = List.copyOf(after);
    }

    /** Whether the rule reads elements and computes the result's as they are written. */
    boolean streams() {
      return before.isEmpty() && after.isEmpty() && create.get() instanceof ElementMerger;
    }

    /** Whether whole tensors have to be in memory. */
    boolean holdsTensors() {
      return !inBlocks() && !streams();
    }

    /** Whether the rule may see a tensor in blocks. */
    boolean inBlocks() {
      return traits.granularity() == Granularity.ELEMENT
          && !traits.surveys()
          && before.isEmpty()
          && after.isEmpty();
    }
  }
}
