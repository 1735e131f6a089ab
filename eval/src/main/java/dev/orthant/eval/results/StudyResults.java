package dev.orthant.eval.results;

import java.util.List;

/**
 * Everything that a study found, in the order in which it was run. Times and memory, which no run
 * repeats, are {@link Timings} and go into another file.
 *
 * @param base fingerprint of the base model
 * @param seed the study's seed
 * @param singles adapters on their own tasks
 * @param merges merged adapters on all tasks
 * @param interferences one matrix a kind of adapter
 */
public record StudyResults(
    String base,
    long seed,
    List<SingleResult> singles,
    List<MergeResult> merges,
    List<InterferenceResult> interferences) {

  /** Copies the lists. */
  public StudyResults {
    singles = List.copyOf(singles);
    merges = List.copyOf(merges);
    interferences = List.copyOf(interferences);
  }
}
