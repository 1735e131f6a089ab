package dev.orthant.core.plugin;

import java.util.Collection;
import java.util.Optional;

/**
 * What somebody who mistyped a name may have meant: the name at the least edit distance
 * (insertions, deletions, substitutions and swaps of neighbours count 1), if that is at most a
 * third of the longer name's length (rounded to the nearest, at least 1); else the only name that
 * begins with what was typed. Among equally near names the first wins.
 */
public final class NearestName {

  private NearestName() {}

  /** The nearest of the names, if one is near. */
  public static Optional<String> of(String asked, Collection<String> names) {
    String nearest = null;
    int least = Integer.MAX_VALUE;
    for (String name : names) {
      int distance = distance(asked, name);
      int allowed = Math.max(1, (Math.max(asked.length(), name.length()) + 1) / 3);
      if (distance <= allowed && distance < least) {
        nearest = name;
        least = distance;
      }
    }
    if (nearest == null && !asked.isBlank()) {
      var longer = names.stream().filter(name -> name.startsWith(asked)).toList();
      nearest = longer.size() == 1 ? longer.get(0) : null;
    }
    return Optional.ofNullable(nearest);
  }

  /** The text {@code , did you mean 'x'?}, or nothing. */
  public static String hint(String asked, Collection<String> names) {
    return of(asked, names).map(name -> ", did you mean '" + name + "'?").orElse("");
  }

  /** Optimal string alignment distance. */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int substitution = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(d[i - 1][j - 1] + substitution, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
