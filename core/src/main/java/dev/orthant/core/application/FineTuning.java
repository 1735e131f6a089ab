package dev.orthant.core.application;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.features.TaskStatistics;
import dev.orthant.core.train.TrainingListener;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How an adapter is to be trained. Components are named as in a configuration file and their
 * settings are written in YAML as there; what is not said has its default. {@code orthant plugins}
 * and the methods' pages tell names and keys.
 *
 * <pre>{@code
 * FineTuning.of("lora", "{rank: 8, target_modules: [query, value]}")
 *     .training("{epochs: 5, learning_rate: 2e-3}")
 *     .seed(7)
 *     .listener(listener);
 * }</pre>
 *
 * <p>Each method changes this object and returns it. For one thread; trainings that run at once
 * have one each.
 */
public final class FineTuning {

  private static final String DEFAULTS = "{}";
  private static final long SEED = 42;

  /**
   * A component by name.
   *
   * @param settings in YAML
   */
  record Chosen(String type, String settings) {

    /** Refuses nulls. */
    Chosen {
      requireNonNull(type, "type");
      requireNonNull(settings, "settings");
    }
  }

  private final Chosen adapter;
  private final List<TrainingListener> listeners = new ArrayList<>();
  private String training = DEFAULTS;
  private @Nullable Chosen constraint;
  private @Nullable TaskStatistics own;
  private List<TaskStatistics> others = List.of();
  private BooleanSupplier stop = () -> false;
  private long seed = SEED;
  private @Nullable Integer maxLength;

  private FineTuning(Chosen adapter) {
    this.adapter = adapter;
  }

  /** An adapter of a type, such as {@code lora}, with the type's defaults. */
  public static FineTuning of(String type) {
    return of(type, DEFAULTS);
  }

  /** An adapter of a type with settings in YAML. */
  public static FineTuning of(String type, String settings) {
    return new FineTuning(new Chosen(type, settings));
  }

  /** The keys of {@link dev.orthant.core.train.TrainingConfig}, in YAML. */
  public FineTuning training(String settings) {
    this.training = requireNonNull(settings, "settings");
    return this;
  }

  /** A constraint that chooses the adapter's subspace, such as {@code osrm}, in YAML. */
  public FineTuning constraint(String type, String settings) {
    this.constraint = new Chosen(type, settings);
    return this;
  }

  /** The task's own features, for adapters and constraints that ask for them. */
  public FineTuning statistics(TaskStatistics ofTheTask) {
    this.own = requireNonNull(ofTheTask, "ofTheTask");
    return this;
  }

  /** Other tasks' features, for constraints; see {@link BaseModel#statistics}. */
  public FineTuning others(List<TaskStatistics> otherTasks) {
    this.others = List.copyOf(otherTasks);
    return this;
  }

  /** Adds somebody who is told how training goes, on the training thread. */
  public FineTuning listener(TrainingListener listener) {
    listeners.add(requireNonNull(listener, "listener"));
    return this;
  }

  /** Asked after each step: when true, training saves what it has and ends with an exception. */
  public FineTuning stopWhen(BooleanSupplier asked) {
    this.stop = requireNonNull(asked, "asked");
    return this;
  }

  /** Of the first values, the order of the rows and dropout; 42 by default. */
  public FineTuning seed(long number) {
    this.seed = number;
    return this;
  }

  /** How many tokens of a text are read; by default as many as the model can, at most 256. */
  public FineTuning maxLength(int tokens) {
    this.maxLength = tokens;
    return this;
  }

  Chosen adapter() {
    return adapter;
  }

  String training() {
    return training;
  }

  @Nullable Chosen constraint() {
    return constraint;
  }

  @Nullable TaskStatistics own() {
    return own;
  }

  List<TaskStatistics> others() {
    return others;
  }

  List<TrainingListener> listeners() {
    return listeners;
  }

  BooleanSupplier stop() {
    return stop;
  }

  long seed() {
    return seed;
  }

  @Nullable Integer maxLength() {
    return maxLength;
  }
}
