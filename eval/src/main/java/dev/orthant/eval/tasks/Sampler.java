package dev.orthant.eval.tasks;

import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.text.Example;
import dev.orthant.core.text.TaskData;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/*
 * The order in which groups, and rows of a group, are drawn is a hash of (seed, task, their text),
 * so neither the order of the source file nor the rest of its rows changes it. The test part is
 * filled first, so that asking for more training rows leaves the reported rows as they are. A key
 * belongs to the first part that took a row with it; other parts skip the rows that have it.
 */
/** Draws the parts of a task so that no two share a key; the same seed draws the same rows. */
final class Sampler {

  private final String task;
  private final List<String> labels;
  private final boolean balanced;
  private final int mostPerGroup;

  /**
   * @param balanced whether each part has as many rows of one class as of another
   * @param mostPerGroup the most rows that one group gives to the task
   */
  Sampler(String task, List<String> labels, boolean balanced, int mostPerGroup) {
    this.task = task;
    this.labels = labels;
    this.balanced = balanced;
    this.mostPerGroup = mostPerGroup;
  }

  TaskData draw(List<Candidate> candidates, SplitSizes sizes, long seed) {
    List<Candidate> order = shuffledByGroup(candidates, seed);
    Map<String, String> owners = new HashMap<>();
    boolean[] taken = new boolean[order.size()];
    List<Example> test = part("test", sizes.test(), order, owners, taken);
    List<Example> validation = part("validation", sizes.validation(), order, owners, taken);
    List<Example> train = part("train", sizes.train(), order, owners, taken);
    return new TaskData(
        task,
        labels,
        shuffled("train", train, seed),
        shuffled("validation", validation, seed),
        shuffled("test", test, seed));
  }

  private List<Example> part(
      String part, int size, List<Candidate> order, Map<String, String> owners, boolean[] taken) {
    int[] room = quotas(size);
    Map<String, Integer> fromGroup = new HashMap<>();
    List<Example> rows = new ArrayList<>(size);
    for (int i = 0; i < order.size() && rows.size() < size; i++) {
      Candidate c = order.get(i);
      int quota = balanced ? (int) c.example().label() : 0;
      String group = c.keys().get(0);
      if (taken[i]
          || room[quota] == 0
          || fromGroup.getOrDefault(group, 0) >= mostPerGroup
          || c.keys().stream().anyMatch(k -> !owners.getOrDefault(k, part).equals(part))) {
        continue;
      }
      c.keys().forEach(k -> owners.put(k, part));
      fromGroup.merge(group, 1, Integer::sum);
      room[quota]--;
      taken[i] = true;
      rows.add(c.example());
    }
    if (rows.size() < size) {
      throw new IllegalArgumentException(
          "task '%s' has no %d %s rows%s: %d could be drawn without sharing any group of rows with"
                  .formatted(
                      task, size, part, balanced ? " with balanced classes" : "", rows.size())
              + " another part; ask for fewer rows");
    }
    return rows;
  }

  /** Rows wanted by class, or of all classes together. */
  private int[] quotas(int size) {
    if (!balanced) {
      return new int[] {size};
    }
    int[] quotas = new int[labels.size()];
    for (int i = 0; i < quotas.length; i++) {
      quotas[i] = size / quotas.length + (i < size % quotas.length ? 1 : 0);
    }
    return quotas;
  }

  private List<Candidate> shuffledByGroup(List<Candidate> candidates, long seed) {
    record Ranked(long group, String key, long row, String text, Candidate candidate) {}
    Map<String, Long> groups = new HashMap<>();
    List<Ranked> ranked = new ArrayList<>(candidates.size());
    for (Candidate c : candidates) {
      String key = c.keys().get(0);
      long group = groups.computeIfAbsent(key, k -> CounterRandom.seed(seed, task, "group", k));
      String text = text(c.example());
      ranked.add(new Ranked(group, key, CounterRandom.seed(seed, task, "row", text), text, c));
    }
    ranked.sort(
        Comparator.comparingLong(Ranked::group)
            .thenComparing(Ranked::key)
            .thenComparingLong(Ranked::row)
            .thenComparing(Ranked::text));
    return ranked.stream().map(Ranked::candidate).toList();
  }

  private List<Example> shuffled(String part, List<Example> rows, long seed) {
    record Ranked(long rank, String text, Example row) {}
    return rows.stream()
        .map(
            e -> {
              String text = text(e);
              return new Ranked(CounterRandom.seed(seed, task, part, text), text, e);
            })
        .sorted(Comparator.comparingLong(Ranked::rank).thenComparing(Ranked::text))
        .map(Ranked::row)
        .toList();
  }

  private static String text(Example e) {
    return e.textB() == null ? e.textA() : e.textA() + '\t' + e.textB();
  }
}
