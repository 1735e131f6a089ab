package dev.orthant.merge;

import dev.orthant.core.spi.MergerTraits;
import dev.orthant.core.spi.MergerTraits.Granularity;
import dev.orthant.core.spi.MergerTraits.Need;
import dev.orthant.core.spi.MergerTraits.Space;
import java.util.EnumSet;
import java.util.Set;

/** The traits that many rules have in common. */
final class Needs {

  private Needs() {}

  /** Any number of inputs relative to a base, in every space, without a survey. */
  static MergerTraits taskVectors(Granularity granularity) {
    return new MergerTraits(
        granularity,
        Set.of(Need.TASK_VECTORS),
        EnumSet.allOf(Space.class),
        1,
        Integer.MAX_VALUE,
        false);
  }

  /** Inputs relative to a base, or to zero if there is none. */
  static MergerTraits inputsOnly(Granularity granularity, int minInputs, int maxInputs) {
    return new MergerTraits(
        granularity, Set.of(), EnumSet.allOf(Space.class), minInputs, maxInputs, false);
  }
}
