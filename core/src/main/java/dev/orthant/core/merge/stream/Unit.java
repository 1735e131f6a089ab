package dev.orthant.core.merge.stream;

import java.util.ArrayList;
import java.util.List;

/**
 * A part of the work that is done by one thread and noted in the journal when it is done.
 *
 * @param output the place of its tensor in the plan
 * @param from the first element
 * @param count how many elements
 */
record Unit(int output, long from, long count) {

  /** 4 MiB of single precision: little work is lost by an interruption. */
  static final long MOST = 1L << 20;

  /** The units of a plan, in order; a rule that sees whole tensors has one unit a tensor. */
  static List<Unit> of(MergePlan plan) {
    List<Unit> units = new ArrayList<>();
    for (int i = 0; i < plan.outputs().size(); i++) {
      MergePlan.Output output = plan.outputs().get(i);
      long elements = output.elements();
      boolean whole =
          output.work() instanceof MergePlan.Merge merge
              && !plan.rules().get(merge.rule()).inBlocks();
      long most = whole ? Math.max(1, elements) : MOST;
      for (long from = 0; from < elements; from += most) {
        units.add(new Unit(i, from, Math.min(most, elements - from)));
      }
    }
    return units;
  }
}
