package dev.orthant.core.generate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Finds the greatest of many values. */
final class Ranking {

  private static final int FEW = 128; // above it sorting everything is faster

  private Ranking() {}

  /** The indices of the greatest values, greatest first; of equal ones the smaller index first. */
  static int[] best(double[] values, int wanted) {
    int count = Math.min(wanted, values.length);
    if (count > FEW) {
      return IntStream.range(0, values.length)
          .boxed()
          .sorted(Comparator.comparingDouble((Integer i) -> values[i]).reversed())
          .limit(count)
          .mapToInt(Integer::intValue)
          .toArray();
    }
    int[] best = new int[count];
    int found = 0;
    for (int i = 0; i < values.length; i++) {
      if (found == count && values[i] <= values[best[count - 1]]) {
        continue;
      }
      int place = found < count ? found++ : count - 1;
      while (place > 0 && values[best[place - 1]] < values[i]) {
        best[place] = best[place - 1];
        place--;
      }
      best[place] = i;
    }
    return Arrays.copyOf(best, found);
  }
}
