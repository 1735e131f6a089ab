package dev.orthant.core.merge;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.progress.Interruption;
import dev.orthant.core.progress.Progress;
import dev.orthant.core.spi.DeltaTransform;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.Merger;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.MergerTraits;
import dev.orthant.core.spi.MergerTraits.Need;
import dev.orthant.core.spi.MergerTraits.Space;
import dev.orthant.core.spi.TaskMask;
import dev.orthant.core.spi.TrialModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs one merging rule over adapters or checkpoints, one tensor at a time.
 *
 * <p>Inputs keep their order, random numbers are a function of seed, tensor, input and element
 * alone, and nothing starts before everything that the rule needs is known to be there. A run stops
 * between two tensors when it is asked to.
 *
 * <p>An engine keeps no state between runs.
 */
public final class MergeEngine {

  private final String name;
  private final MergerTraits traits;
  private final Supplier<Merger> merger;
  private final Space space;
  private final List<DeltaTransform> before;
  private final List<DeltaTransform> after;
  private final long seed;
  private final boolean signConflicts;
  private final boolean taskIds;
  private final @Nullable TrialModel trial;
  private final Progress progress;
  private final Interruption interruption;

  private MergeEngine(Builder builder) {
    this.name = builder.name;
    this.traits = builder.traits;
    this.merger = builder.merger;
    this.space = builder.space;
    this.before = List.copyOf(builder.before);
    this.after = List.copyOf(builder.after);
    this.seed = builder.seed;
    this.signConflicts = builder.signConflicts;
    this.taskIds = builder.taskIds;
    this.trial = builder.trial;
    this.progress = builder.progress;
    this.interruption = builder.interruption;
  }

  /** An engine for a rule with a configuration. */
  public static <C extends Record> Builder builder(MergerFactory<C> factory, C config) {
    return new Builder(factory.name(), factory.traits(config), () -> factory.create(config));
  }

  /**
   * Merges adapters of one base model. All have to adapt the same modules; the deltas are exact,
   * never products of separately merged factors. Without a base the rule sees none.
   *
   * @param base the weights the adapters belong to, or null
   * @throws dev.orthant.core.spi.ShapeMismatchException if a shape is all that is wrong
   * @throws MergeRefusedException with everything that is wrong otherwise
   * @throws IllegalArgumentException if a delta is not finite, naming tensor and input
   */
  public MergeResult mergeAdapters(List<AdapterInput> inputs, @Nullable TensorSource base) {
    MergeChecks checks = new MergeChecks(name, traits, space);
    checks.taskIds(taskIds, !after.isEmpty());
    checks.trial(trial != null);
    checks.adapters(inputs, base);
    List<String> modules = List.copyOf(inputs.get(0).deltas().keySet());
    Map<String, List<EngineTensor.Input>> held = new LinkedHashMap<>();
    modules.forEach(module -> held.put(module, at(module, inputs)));
    Function<String, EngineTensor> tensors =
        module -> tensor(module, requireNonNull(held.get(module)), base);
    Merger rule = surveyed(modules, tensors);
    if (trial != null && traits.needs().contains(Need.UNLABELLED_DATA)) {
      rule.fit(trial, modules.stream().<MergeTensor>map(tensors).toList());
    }
    Map<String, Delta> merged = new LinkedHashMap<>();
    Map<String, List<TaskMask>> masks = new LinkedHashMap<>();
    List<TensorReport> report = new ArrayList<>();
    try (Progress.Task task = progress.start("merge " + name, modules.size(), "tensors")) {
      for (String module : modules) {
        EngineTensor tensor = tensors.apply(module);
        Delta delta = merge(rule, tensor, report);
        merged.put(module, delta);
        if (traits.needs().contains(Need.TASK_ID)) {
          masks.put(module, rule.masks(tensor, delta));
        }
        task.step(1);
      }
    }
    return new MergeResult(merged, masks, report);
  }

  /**
   * Merges models with the same tensors. The rule surveys them now, if it has to; each tensor is
   * merged when it is read from the result. Tensors that are not floating-point are not merged.
   *
   * @param base what the inputs were fine-tuned from; null lets the deltas be relative to zero
   * @throws dev.orthant.core.spi.ShapeMismatchException if a shape is all that is wrong
   * @throws MergeRefusedException with everything that is wrong otherwise
   */
  public MergedTensors mergeCheckpoints(List<CheckpointInput> inputs, @Nullable TensorSource base) {
    MergeChecks checks = new MergeChecks(name, traits, space);
    checks.taskIds(false, !after.isEmpty());
    checks.trial(false);
    checks.checkpoints(inputs, base);
    TensorSource model = base == null ? inputs.get(0).tensors() : base;
    List<String> merged =
        model.names().stream().filter(n -> model.info(n).dtype().isFloat()).toList();
    Function<String, EngineTensor> tensors = tensor -> tensor(tensor, inputs, base, model);
    Merger rule = surveyed(merged, tensors);
    return new MergedTensors(
        model,
        merged,
        base != null,
        tensor -> {
          List<TensorReport> report = new ArrayList<>();
          Delta delta = merge(rule, tensors.apply(tensor), report);
          return new MergedTensors.Merged(delta, report.get(0));
        },
        progress.start("merge " + name, merged.size(), "tensors"));
  }

  private Merger surveyed(List<String> names, Function<String, EngineTensor> tensors) {
    Merger rule = SpaceMerger.in(space, merger.get());
    boolean again = traits.surveys();
    while (again) {
      try (Progress.Task task = progress.start("survey " + name, names.size(), "tensors")) {
        for (String each : names) {
          interruption.check();
          rule.survey(tensors.apply(each));
          task.step(1);
        }
      }
      again = rule.surveysAgain();
    }
    return rule;
  }

  private Delta merge(Merger rule, EngineTensor tensor, List<TensorReport> report) {
    interruption.check();
    Delta merged = tensor.transformed(rule.merge(tensor), after);
    report.add(tensor.report(name, merged, signConflicts));
    return merged;
  }

  private static List<EngineTensor.Input> at(String module, List<AdapterInput> inputs) {
    List<EngineTensor.Input> at = new ArrayList<>();
    for (AdapterInput input : inputs) {
      at.add(
          new EngineTensor.Input(
              input.name(),
              input.weight(),
              new EngineTensor.Held(requireNonNull(input.deltas().get(module))),
              Optional.ofNullable(input.statistics().get(module)),
              Optional.ofNullable(input.fisher().get(module))));
    }
    return at;
  }

  private EngineTensor tensor(
      String module, List<EngineTensor.Input> at, @Nullable TensorSource base) {
    String tensor = MergeChecks.tensorOf(module);
    long[] shape = at.get(0).delta().get().shape();
    return new EngineTensor(
        tensor, shape, seed, at, before, base == null ? null : () -> base.read(tensor));
  }

  private EngineTensor tensor(
      String tensor,
      List<CheckpointInput> inputs,
      @Nullable TensorSource base,
      TensorSource model) {
    String module = MergeChecks.moduleOf(tensor);
    List<EngineTensor.Input> at = new ArrayList<>();
    for (CheckpointInput input : inputs) {
      at.add(
          new EngineTensor.Input(
              input.name(),
              input.weight(),
              () -> difference(input.tensors().read(tensor), base, tensor),
              Optional.ofNullable(input.statistics().get(module)),
              Optional.ofNullable(input.fisher().get(tensor))));
    }
    return new EngineTensor(
        tensor,
        model.info(tensor).shape(),
        seed,
        at,
        before,
        base == null ? null : () -> base.read(tensor));
  }

  private static Delta difference(INDArray tuned, @Nullable TensorSource base, String tensor) {
    return new DenseDelta(base == null ? tuned : tuned.subi(base.read(tensor)));
  }

  /** Collects how a rule is to be run. */
  public static final class Builder {

    private final String name;
    private final MergerTraits traits;
    private final Supplier<Merger> merger;
    private Space space = Space.FULL;
    private List<DeltaTransform> before = List.of();
    private List<DeltaTransform> after = List.of();
    private long seed;
    private boolean signConflicts;
    private boolean taskIds;
    private @Nullable TrialModel trial;
    private Progress progress = Progress.none();
    private Interruption interruption = new Interruption();

    private Builder(String name, MergerTraits traits, Supplier<Merger> merger) {
      this.name = name;
      this.traits = traits;
      this.merger = merger;
    }

    /** The basis that the rule is applied in; the weights themselves by default. */
    public Builder space(Space space) {
      this.space = space;
      return this;
    }

    /** What is done to each input's deltas, in this order, before the rule sees them. */
    public Builder before(List<DeltaTransform> transforms) {
      this.before = transforms;
      return this;
    }

    /** What is done to the merged deltas, in this order. */
    public Builder after(List<DeltaTransform> transforms) {
      this.after = transforms;
      return this;
    }

    /** The seed of all random numbers; 0 by default. */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /** Whether the report counts sign conflicts, which makes low-rank deltas dense for a moment. */
    public Builder signConflicts(boolean count) {
      this.signConflicts = count;
      return this;
    }

    /**
     * Whether the task will be known when the result is used, so that rules that need that can run;
     * false by default.
     */
    public Builder taskIds(boolean known) {
      this.taskIds = known;
      return this;
    }

    /** The model that rules which need unlabelled data are fitted with; none by default. */
    public Builder trial(TrialModel model) {
      this.trial = model;
      return this;
    }

    /** Who hears how far a run is. */
    public Builder progress(Progress progress) {
      this.progress = progress;
      return this;
    }

    /** Who may ask a run to stop between two tensors. */
    public Builder interruption(Interruption interruption) {
      this.interruption = interruption;
      return this;
    }

    /** The engine. */
    public MergeEngine build() {
      return new MergeEngine(this);
    }
  }
}
