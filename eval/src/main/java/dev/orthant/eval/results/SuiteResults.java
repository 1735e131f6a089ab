package dev.orthant.eval.results;

import dev.orthant.core.config.EvaluationSpec.Comparison;
import dev.orthant.core.train.LearningCurve;
import dev.orthant.eval.metrics.Score;
import java.util.List;

/**
 * All that a suite found, run by run; {@link SuiteFigures} makes means, intervals and tests of it.
 *
 * @param base the base model's name
 * @param seed what the tasks' rows were drawn with
 * @param seeds what trainings and merges were repeated with
 * @param tasks the tasks, in the order of every list of scores
 * @param adapters names of the adapters; the first is the reference
 * @param mergers the mergers
 * @param experts every adapter with every seed
 * @param merges every adapter with every merger and seed
 * @param comparisons further pairs of adapters to compare
 * @param controls every control with every seed
 */
public record SuiteResults(
    String base,
    long seed,
    List<Long> seeds,
    List<Task> tasks,
    List<String> adapters,
    List<Merger> mergers,
    List<ExpertRun> experts,
    List<MergeRun> merges,
    List<Comparison> comparisons,
    List<ControlRun> controls) {

  /** Copies the lists. */
  public SuiteResults {
    seeds = List.copyOf(seeds);
    tasks = List.copyOf(tasks);
    adapters = List.copyOf(adapters);
    mergers = List.copyOf(mergers);
    experts = List.copyOf(experts);
    merges = List.copyOf(merges);
    comparisons = List.copyOf(comparisons);
    controls = List.copyOf(controls);
  }

  /**
   * A task with the scores of what learns nothing or little.
   *
   * @param name its name
   * @param trainRows rows trained on
   * @param validationRows rows chosen by
   * @param majority of predicting the most frequent class
   * @param probe of a linear model on the untouched base's features
   */
  public record Task(String name, int trainRows, int validationRows, Score majority, Score probe) {}

  /**
   * A merger.
   *
   * @param name its name
   * @param curve whether every combination of its grid was scored on test rows
   * @param taskKnown whether each task used something else of the results, so that they are not one
   *     model each
   */
  public record Merger(String name, boolean curve, boolean taskKnown) {

    /** A merger whose results are one model each. */
    public Merger(String name, boolean curve) {
      this(name, curve, false);
    }
  }

  /**
   * The adapters of one kind, trained on every task with one seed.
   *
   * @param adapter its name
   * @param seed the seed
   * @param single scores on each adapter's own task
   * @param headsOnly scores of each adapter's head on the untouched base
   * @param leakageBefore mean over pairs of tasks of the norm of A x on the other task's features
   *     relative to its own, before training; NaN for a single task
   * @param leakageAfter the same of the trained A
   * @param interference the same of the trained delta, B A x
   * @param parameters number of trained parameters of one adapter without its head
   * @param courses how each training went, by task
   * @param effects by task of the adapter, then of the features, the norm of what the trained delta
   *     adds relative to that on the adapter's own task; empty where it is not known
   * @param angles by task and task, the mean over modules of the principal angles between the row
   *     spaces of the two trained A in degrees; empty where it is not known
   */
  public record ExpertRun(
      String adapter,
      long seed,
      List<Score> single,
      List<Score> headsOnly,
      double leakageBefore,
      double leakageAfter,
      double interference,
      long parameters,
      List<Course> courses,
      List<List<Double>> effects,
      List<List<Double>> angles) {

    /** Copies the lists. */
    public ExpertRun {
      single = List.copyOf(single);
      headsOnly = List.copyOf(headsOnly);
      courses = List.copyOf(courses);
      effects = effects.stream().map(List::copyOf).toList();
      angles = angles.stream().map(List::copyOf).toList();
    }
  }

  /**
   * How a training went.
   *
   * @param folder name of the trained adapter's folder
   * @param steps it was to have
   * @param curve what it recorded; without points if its log is gone
   */
  public record Course(String folder, int steps, LearningCurve curve) {}

  /**
   * The merges of one kind of adapter by one merger with one seed.
   *
   * @param adapter the adapter's name
   * @param merger the merger's name
   * @param seed the seed
   * @param candidates what was tried, in the order of the grid
   * @param chosen index of the candidate with the best mean score on validation rows
   * @param parameters the number of values that hold what the chosen one merged to, without masks;
   *     NaN where it is not known
   */
  public record MergeRun(
      String adapter,
      String merger,
      long seed,
      List<Candidate> candidates,
      int chosen,
      double parameters) {

    /** Copies the list. */
    public MergeRun {
      candidates = List.copyOf(candidates);
    }

    /** Scores of the chosen candidate on the tasks' test rows. */
    public List<Score> scores() {
      return candidates.get(chosen).test();
    }
  }

  /**
   * One combination of a merger's settings.
   *
   * @param settings such as {@code lambda=0.3}; empty for none
   * @param validation mean score on validation rows; NaN if there was nothing to choose
   * @param test scores on the tasks' test rows; empty if it was not chosen and there is no curve
   */
  public record Candidate(String settings, double validation, List<Score> test) {

    /** Copies the list. */
    public Candidate {
      test = List.copyOf(test);
    }
  }

  /**
   * A control with one seed.
   *
   * @param control its word, see {@link dev.orthant.core.config.Control}
   * @param adapter the adapter that it is of
   * @param seed the seed
   * @param scores on every task's test rows
   */
  public record ControlRun(String control, String adapter, long seed, List<Score> scores) {

    /** Copies the list. */
    public ControlRun {
      scores = List.copyOf(scores);
    }
  }
}
