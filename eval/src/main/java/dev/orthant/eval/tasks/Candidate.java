package dev.orthant.eval.tasks;

import dev.orthant.core.text.Example;
import java.util.List;

/**
 * A row that may become part of a task.
 *
 * @param keys what no two parts of the task may share; the first is the group (a rule, a lemma)
 *     that rows are drawn by
 */
record Candidate(List<String> keys, Example example) {

  Candidate {
    keys = List.copyOf(keys);
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("a candidate needs at least one key");
    }
  }
}
